package dev.dormouse.access;

import dev.dormouse.platform.DormouseConfig;

/** Who is let in, without a container. */
public final class TestAccess {

    private TestAccess() {}

    public static AccessSettings of(DormouseConfig config) {
        return new AccessSettings(config);
    }
}

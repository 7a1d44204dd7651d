package dev.dormouse.sandboxconfig;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What isolates an actor. */
public enum SandboxClass {
    @JsonProperty("gvisor")
    GVISOR,
    @JsonProperty("microvm")
    MICROVM,
    /** No isolation and Data snapshots only: for laptops without runsc. */
    @JsonProperty("process")
    PROCESS;

    /** The name in manifests and on the wire. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The class, default applied. */
    public static SandboxClass orDefault(@Nullable SandboxClass declared) {
        return declared == null ? GVISOR : declared;
    }
}

package dev.dormouse.actor;

import dev.dormouse.name.ActorKey;
import dev.dormouse.name.InvalidNameException;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.Paging;
import org.jspecify.annotations.Nullable;

/** The key behind which a list of actors goes on, as callers carry it from page to page. */
public final class PageToken {

    private PageToken() {}

    /** Null for null: there is no next page. */
    public static @Nullable String of(@Nullable ActorKey next) {
        return next == null
                ? null
                : Paging.token(next.atespace().value(), next.id().value());
    }

    /**
     * Null for none: from the start.
     *
     * @throws Failure INVALID_ARGUMENT when it is no token of ours
     */
    public static @Nullable ActorKey after(@Nullable String token) {
        if (token == null || token.isEmpty()) {
            return null;
        }
        var names = Paging.names(token, 2);
        try {
            return ActorKey.of(names.get(0), names.get(1));
        } catch (InvalidNameException e) {
            throw Paging.badToken();
        }
    }
}

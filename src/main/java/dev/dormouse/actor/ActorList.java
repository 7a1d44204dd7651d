package dev.dormouse.actor;

import dev.dormouse.name.ActorKey;
import dev.dormouse.name.InvalidNameException;
import dev.dormouse.platform.Paging;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** One page of actors, in the order of (atespace, id). */
@Schema(name = "ActorList")
record ActorList(
        List<ActorView> items,

        @Schema(description = "Ask with this for the next page; null on the last one.") @Nullable
        String nextPageToken) {

    static ActorList of(ActorStore.Page page) {
        ActorKey next = page.next();
        return new ActorList(
                page.actors().stream().map(ActorView::of).toList(),
                next == null
                        ? null
                        : Paging.token(next.atespace().value(), next.id().value()));
    }

    static @Nullable ActorKey after(@Nullable String pageToken) {
        if (pageToken == null || pageToken.isEmpty()) {
            return null;
        }
        var names = Paging.names(pageToken, 2);
        try {
            return ActorKey.of(names.get(0), names.get(1));
        } catch (InvalidNameException e) {
            throw Paging.badToken();
        }
    }
}

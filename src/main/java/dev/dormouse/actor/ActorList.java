package dev.dormouse.actor;

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
        return new ActorList(page.actors().stream().map(ActorView::of).toList(), PageToken.of(page.next()));
    }
}

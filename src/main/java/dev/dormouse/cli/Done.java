package dev.dormouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** What a command that changed something prints: {@code actor/my-counter created}, or the resource in the format asked for. */
final class Done {

    private final Terminal terminal;
    private final @Nullable Format format;

    Done(KubectlAte root) {
        this.terminal = root.terminal();
        this.format = root.common().format();
    }

    /** @param what past participle, as in "created" */
    void say(Kind kind, JsonNode resource, String what) {
        if (format == null) {
            terminal.out().println(kind.reference(resource) + " " + what);
            return;
        }
        try (Listing listing = new Listing(kind, format, true, true, terminal.out())) {
            listing.one(resource);
        }
    }

    /** For several resources in the format asked for; null when each is said in words. */
    @Nullable
    Listing list(Kind kind) {
        return format == null ? null : new Listing(kind, format, true, true, terminal.out());
    }

    /** For what isn't there any more. */
    void sayGone(String reference) {
        terminal.out().println(format == Format.NAME ? reference : reference + " deleted");
    }
}

package dev.dormouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.dormouse.name.ActorId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Wakes actors or puts them to sleep. The server carries on even when this client is stopped. */
abstract class TransitionCommand extends VerbCommand {

    private TransitionCommand(KubectlAte root) {
        super(root, "say what: actor ID");
    }

    int call(List<ActorId> ids, String verb, @Nullable JsonNode body, String done) {
        Kind kind = Kind.actors(root.terminal().clock());
        var said = new Done(root);
        try (Listing list = ids.size() > 1 ? said.list(kind) : null) {
            return each(ids, id -> {
                JsonNode answer = root.api().post(root.actor(id).verb(verb), body);
                if (list == null) {
                    said.say(kind, answer, done);
                } else {
                    list.page(List.of(answer));
                }
            });
        }
    }

    @Command(
            name = "resume",
            description = "Wakes actors onto free workers and waits until they are ready.",
            sortOptions = false,
            footer = {"%nExample:", "  kubectl-ate resume actor my-counter"})
    static final class Resume extends TransitionCommand {

        Resume(KubectlAte root) {
            super(root);
        }

        @Command(name = "actor", aliases = "actors", description = "Wakes these actors.", sortOptions = false)
        int actor(
                @Parameters(arity = "1..*", paramLabel = "ID", description = "The actors.") List<ActorId> ids,
                @Option(
                                names = "--boot",
                                description =
                                        "Boots it afresh; its memory is given up, its durable directories are not.")
                        boolean boot) {
            return call(ids, "resume", JsonNodeFactory.instance.objectNode().put("boot", boot), "resumed");
        }
    }

    @Command(
            name = "suspend",
            description = "Puts actors to sleep in the object store.",
            sortOptions = false,
            footer = {"%nExample:", "  kubectl-ate suspend my-counter other"})
    static final class Suspend extends TransitionCommand {

        Suspend(KubectlAte root) {
            super(root);
        }

        @Command(name = "actor", aliases = "actors", description = "Suspends these actors.", sortOptions = false)
        int actor(@Parameters(arity = "1..*", paramLabel = "ID", description = "The actors.") List<ActorId> ids) {
            return call(ids, "suspend", null, "suspended");
        }
    }

    @Command(
            name = "pause",
            description = "Puts actors to sleep on their nodes: quick to wake, kept beside the last durable snapshots.",
            sortOptions = false,
            footer = {"%nExample:", "  kubectl-ate pause actor my-counter"})
    static final class Pause extends TransitionCommand {

        Pause(KubectlAte root) {
            super(root);
        }

        @Command(name = "actor", aliases = "actors", description = "Pauses these actors.", sortOptions = false)
        int actor(@Parameters(arity = "1..*", paramLabel = "ID", description = "The actors.") List<ActorId> ids) {
            return call(ids, "pause", null, "paused");
        }
    }
}

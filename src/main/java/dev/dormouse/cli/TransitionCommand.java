package dev.dormouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.dormouse.name.ActorId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Wakes an actor or puts it to sleep. The server carries on even when this client is stopped. */
abstract class TransitionCommand extends VerbCommand {

    private TransitionCommand(KubectlAte root) {
        super(root, "say what: actor ID");
    }

    void call(ActorId id, String verb, @Nullable JsonNode body, String done) {
        JsonNode answer = root.api().post(root.actor(id).verb(verb), body);
        new Done(root).say(Kind.actors(root.terminal().clock()), answer, done);
    }

    @Command(
            name = "resume",
            description = "Wakes an actor onto a free worker and waits until it is ready.",
            sortOptions = false,
            footer = {"%nExample:", "  kubectl-ate resume actor my-counter"})
    static final class Resume extends TransitionCommand {

        Resume(KubectlAte root) {
            super(root);
        }

        @Command(name = "actor", description = "Wakes this actor.", sortOptions = false)
        void actor(
                @Parameters(paramLabel = "ID", description = "The actor.") ActorId id,
                @Option(
                                names = "--boot",
                                description =
                                        "Boots it afresh; its memory is given up, its durable directories are not.")
                        boolean boot) {
            call(id, "resume", JsonNodeFactory.instance.objectNode().put("boot", boot), "resumed");
        }
    }

    @Command(
            name = "suspend",
            description = "Puts an actor to sleep in the object store.",
            sortOptions = false,
            footer = {"%nExample:", "  kubectl-ate suspend actor my-counter"})
    static final class Suspend extends TransitionCommand {

        Suspend(KubectlAte root) {
            super(root);
        }

        @Command(name = "actor", description = "Suspends this actor.", sortOptions = false)
        void actor(@Parameters(paramLabel = "ID", description = "The actor.") ActorId id) {
            call(id, "suspend", null, "suspended");
        }
    }

    @Command(
            name = "pause",
            description = "Puts an actor to sleep on its node: quick to wake, kept beside the last durable snapshot.",
            sortOptions = false,
            footer = {"%nExample:", "  kubectl-ate pause actor my-counter"})
    static final class Pause extends TransitionCommand {

        Pause(KubectlAte root) {
            super(root);
        }

        @Command(name = "actor", description = "Pauses this actor.", sortOptions = false)
        void actor(@Parameters(paramLabel = "ID", description = "The actor.") ActorId id) {
            call(id, "pause", null, "paused");
        }
    }
}

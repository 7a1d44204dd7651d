package dev.dormouse.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.dormouse.name.ActorId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code fork}: a second actor that goes on from the same state. */
@Command(
        name = "fork",
        description = "Makes a copy of an actor that goes on from the same state.",
        sortOptions = false,
        footer = {"%nExample:", "  kubectl-ate fork actor my-counter my-copy"})
final class ForkCommand extends VerbCommand {

    ForkCommand(KubectlAte root) {
        super(root, "say what: actor ID NEW");
    }

    @Command(name = "actor", description = "Forks this actor.", sortOptions = false)
    void actor(
            @Parameters(paramLabel = "ID", description = "The actor to copy.") ActorId id,
            @Parameters(paramLabel = "NEW", description = "The id of the copy.") ActorId copy) {
        var body = JsonNodeFactory.instance.objectNode().put("id", copy.value());
        var created = root.api().post(root.actor(id).verb("fork"), body);
        new Done(root).say(Kind.actors(root.terminal().clock()), created, "forked from " + id);
    }
}

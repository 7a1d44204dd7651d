package dev.dormouse.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.dormouse.name.ActorId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fork}: a second actor that goes on from the same state. */
@Command(
        name = "fork",
        description = "Makes a copy of an actor that goes on from the same state.",
        sortOptions = false,
        footer = {"%nExample:", "  kubectl-ate fork actor my-counter my-copy"})
final class ForkCommand implements Runnable {

    private final KubectlAte root;

    @Spec
    private CommandSpec spec;

    ForkCommand(KubectlAte root) {
        this.root = root;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what: actor ID NEW");
    }

    @Command(name = "actor", description = "Forks this actor.", sortOptions = false)
    void actor(
            @Parameters(paramLabel = "ID", description = "The actor to copy.") ActorId id,
            @Parameters(paramLabel = "NEW", description = "The id of the copy.") ActorId copy) {
        Request actor = Request.to("v1", "atespaces", root.common().atespace().value(), "actors", id.value());
        var body = JsonNodeFactory.instance.objectNode().put("id", copy.value());
        var created = root.api().post(actor.verb("fork"), body);
        new Done(root).say(Kind.actors(root.terminal().clock()), created, "forked from " + id);
    }
}

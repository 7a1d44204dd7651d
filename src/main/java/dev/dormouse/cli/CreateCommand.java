package dev.dormouse.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dormouse.name.ActorId;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.TemplateRef;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code create}: a new actor or atespace. */
@Command(
        name = "create",
        description = "Creates an actor or an atespace.",
        sortOptions = false,
        footer = {
            "%nExamples:",
            "  kubectl-ate create actor my-counter -t demo/counter --label team=blue",
            "  kubectl-ate create atespace team-a",
            "  kubectl-ate create atespace team-b --owner b@example.com --quota actors=100,runningActors=5"
        })
final class CreateCommand extends VerbCommand {

    static final String QUOTAS = "A limit of actors, runningActors, snapshotBytes or wakesPerMinute.";

    CreateCommand(KubectlAte root) {
        super(root, "say what to create: an actor or an atespace");
    }

    @Command(name = "actor", description = "Creates an actor; it sleeps until it is asked for.", sortOptions = false)
    void actor(
            @Parameters(paramLabel = "ID", description = "Lower case letters, digits and '-', at most 63.") ActorId id,
            @Option(
                            names = {"-t", "--template"},
                            paramLabel = "NS/NAME",
                            required = true,
                            description = "What it is made of.")
                    TemplateRef template,
            @Option(names = "--label", paramLabel = "K=V", split = ",", description = "A label of the actor.") @Nullable
                    Map<String, String> labels,
            @Option(
                            names = "--selector",
                            paramLabel = "K=V",
                            split = ",",
                            description = "A label that its workers' pool must have.")
                    @Nullable
                    Map<String, String> selector) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("id", id.value());
        body.putObject("template").put("namespace", template.namespace()).put("name", template.name());
        putAll(body, "labels", labels);
        putAll(body, "workerSelector", selector);
        String atespace = root.common().atespace().value();
        var created = root.api().post(Request.to("v1", "atespaces", atespace, "actors"), body);
        new Done(root).say(Kind.actors(root.terminal().clock()), created, "created");
    }

    @Command(name = "atespace", description = "Creates an atespace.", sortOptions = false)
    void atespace(
            @Parameters(paramLabel = "NAME", description = "Its name.") AtespaceName name,
            @Option(names = "--owner", paramLabel = "OWNER", description = "Whose it is, in any words.") @Nullable
                    String owner,
            @Option(names = "--label", paramLabel = "K=V", split = ",", description = "A label of the atespace.")
                    @Nullable
                    Map<String, String> labels,
            @Option(names = "--quota", paramLabel = "QUOTA=LIMIT", split = ",", description = QUOTAS) @Nullable
                    Map<String, Long> quotas) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("name", name.value());
        if (owner != null) {
            body.put("owner", owner);
        }
        putAll(body, "labels", labels);
        if (quotas != null) {
            ObjectNode object = body.putObject("quotas");
            quotas.forEach(object::put);
        }
        var created = root.api().post(Request.to("v1", "atespaces"), body);
        new Done(root).say(Kind.atespaces(root.terminal().clock()), created, "created");
    }

    private static void putAll(ObjectNode body, String field, @Nullable Map<String, String> entries) {
        if (entries != null) {
            ObjectNode object = body.putObject(field);
            entries.forEach(object::put);
        }
    }
}

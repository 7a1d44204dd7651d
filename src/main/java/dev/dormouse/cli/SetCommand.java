package dev.dormouse.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dormouse.name.AtespaceName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code set}: changes what an atespace has and may take. */
@Command(
        name = "set",
        description = "Changes owner, labels and quotas of an atespace.",
        sortOptions = false,
        footer = {
            "%nExamples:",
            "  kubectl-ate set atespace team-a --quota actors=200,wakesPerMinute=60",
            "  kubectl-ate set atespace team-a --no-quota actors --label tier=gold --no-label trial"
        })
final class SetCommand extends VerbCommand {

    SetCommand(KubectlAte root) {
        super(root, "say what to change: atespace NAME");
    }

    @Command(name = "atespace", description = "Changes this atespace; the rest of it stays.", sortOptions = false)
    void atespace(
            @Parameters(paramLabel = "NAME", description = "The atespace.") AtespaceName name,
            @Option(names = "--owner", paramLabel = "OWNER", description = "Whose it is; empty for nobody's.") @Nullable
                    String owner,
            @Option(names = "--label", paramLabel = "K=V", split = ",", description = "A label to set.") @Nullable
                    Map<String, String> labels,
            @Option(names = "--no-label", paramLabel = "K", split = ",", description = "A label to remove.") @Nullable
                    List<String> noLabels,
            @Option(names = "--quota", paramLabel = "QUOTA=LIMIT", split = ",", description = CreateCommand.QUOTAS)
                    @Nullable
                    Map<String, Long> quotas,
            @Option(names = "--no-quota", paramLabel = "QUOTA", split = ",", description = "A limit to lift.") @Nullable
                    List<String> noQuotas) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        if (owner != null) {
            body.put("owner", owner);
        }
        if (labels != null) {
            labels.forEach(body.withObjectProperty("labels")::put);
        }
        if (noLabels != null) {
            noLabels.forEach(body.withObjectProperty("labels")::putNull);
        }
        if (quotas != null) {
            quotas.forEach(body.withObjectProperty("quotas")::put);
        }
        if (noQuotas != null) {
            noQuotas.forEach(body.withObjectProperty("quotas")::putNull);
        }
        if (body.isEmpty()) {
            throw new CommandFailed("nothing to change; name what with --owner, --label or --quota");
        }
        var changed = root.api().patch(Request.to("v1", "atespaces", name.value()), body);
        new Done(root).say(Kind.atespaces(root.terminal().clock()), changed, "changed");
    }
}

package dev.dormouse.cli;

import dev.dormouse.name.ActorId;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code logs}: what an actor printed. */
@Command(
        name = "logs",
        description = "Prints what an actor printed, over all its activations, oldest first.",
        sortOptions = false,
        footer = {
            "%nExamples:",
            "  kubectl-ate logs actor my-counter --tail 20",
            "  kubectl-ate logs actor my-counter -f --since 10m",
            "  kubectl-ate logs actor my-counter -c main -o json"
        })
final class LogsCommand extends VerbCommand {

    LogsCommand(KubectlAte root) {
        super(root, "say what: actor ID");
    }

    @Command(
            name = "actor",
            description = {
                "Prints the lines of this actor; those of several containers have [container] in front.",
                "With -o json each line is an object that also tells time, activation and stream."
            },
            sortOptions = false)
    void actor(
            @Parameters(paramLabel = "ID", description = "The actor.") ActorId id,
            @Option(
                            names = {"-f", "--follow"},
                            description = "Then prints what comes, through sleep and wake, until Ctrl-C.")
                    boolean follow,
            @Option(names = "--tail", paramLabel = "N", description = "Only the last N of the lines that there are.")
                    @Nullable
                    Integer tail,
            @Option(
                            names = "--since",
                            paramLabel = "WHEN",
                            description = "Only lines younger than this, such as 10m, or not older than that time.")
                    @Nullable
                    String since,
            @Option(
                            names = {"-c", "--container"},
                            paramLabel = "NAME",
                            description = "Only lines of this container.")
                    @Nullable
                    String container,
            @Option(names = "--timestamps", description = "Prints the time in front of each line.")
                    boolean timestamps) {
        Request lines = root.actor(id)
                .below("logs")
                .with("follow", follow ? "true" : null)
                .with("tail", tail == null ? null : tail.toString())
                .with("since", since)
                .with("container", container)
                .with("timestamps", timestamps ? "true" : null);
        PrintWriter out = root.terminal().out();
        root.api().copy(lines, mediaType(root.common().format(Format.TABLE)), out);
    }

    private static String mediaType(Format format) {
        return switch (format) {
            case TABLE, WIDE -> "text/plain";
            case JSON -> "application/x-ndjson";
            case YAML, NAME -> throw new CommandFailed("logs are printed as they are, or with -o json");
        };
    }
}

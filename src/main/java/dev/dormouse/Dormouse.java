package dev.dormouse;

import dev.dormouse.cli.KubectlAte;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * One executable, three roles, told apart before Quarkus boots: {@code server} (also without arguments, as dev mode and tests start
 * it), {@code ateom}, and everything else is the CLI, which opens no port and no database.
 */
@QuarkusMain
public final class Dormouse {

    private static final List<String> OWN_WORDS = List.of("server", "ateom", "--help", "-h", "--version", "-V");

    private Dormouse() {}

    public static void main(String... args) {
        int code = run(args);
        if (code != CommandLine.ExitCode.OK) {
            System.exit(code);
        }
    }

    private static int run(String... args) {
        if (args.length == 0) {
            return launcher().execute("server");
        }
        if (OWN_WORDS.contains(args[0])) {
            return launcher().execute(args);
        }
        // `dormouse ate get actors` is `kubectl-ate get actors`
        int from = args[0].equals("ate") ? 1 : 0;
        return KubectlAte.run(Arrays.copyOfRange(args, from, args.length));
    }

    private static CommandLine launcher() {
        return new CommandLine(new Top())
                .addSubcommand(new ServerCommand())
                .addSubcommand(new AteomCommand())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println("error: " + failure.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    @Command(
            name = "dormouse",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "An agent substrate: many sleeping actors on a few warm workers.",
            footer = {"", "Any other command is kubectl-ate's: dormouse ate get actors"})
    static final class Top {}
}

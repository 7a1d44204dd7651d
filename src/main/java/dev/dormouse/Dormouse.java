package dev.dormouse;

import dev.dormouse.cli.KubectlAte;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/**
 * One executable, three roles, told apart before Quarkus boots: {@code server} (also without arguments, as dev mode and tests start
 * it), {@code ateom}, and the CLI, {@code ate} or a symbolic link called {@code kubectl-ate}, which opens no port and no database.
 */
@QuarkusMain
public final class Dormouse {

    private static final String CLI = "kubectl-ate";
    private static final List<String> OWN_WORDS = List.of("server", "ateom", "--help", "-h", "--version", "-V");

    Dormouse() {}

    public static void main(String... args) {
        int code = run(args);
        if (code != CommandLine.ExitCode.OK) {
            System.exit(code);
        }
    }

    private static int run(String... args) {
        if (ProgramName.current().equals(CLI)) {
            return KubectlAte.run(args);
        }
        if (args.length == 0) {
            return commandLine().execute("server");
        }
        if (args[0].equals("ate")) {
            return KubectlAte.run(Arrays.copyOfRange(args, 1, args.length));
        }
        if (!OWN_WORDS.contains(args[0])) {
            return failed("'%s' is none of server, ateom and ate; see 'dormouse --help'".formatted(args[0]));
        }
        return commandLine().execute(args);
    }

    /** The roles that are ours to start. */
    static CommandLine commandLine() {
        return new CommandLine(new Top())
                .addSubcommand(new ServerCommand())
                .addSubcommand(new AteomCommand())
                .setParameterExceptionHandler((failure, args) -> wrongUsage(failure))
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(StartFailure.sentence(failure)));
    }

    private static int wrongUsage(ParameterException failure) {
        String command = failure.getCommandLine().getCommandSpec().qualifiedName();
        System.err.println("error: %s; see '%s --help'".formatted(failure.getMessage(), command));
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(String sentence) {
        System.err.println("error: " + sentence);
        return CommandLine.ExitCode.SOFTWARE;
    }

    @Command(
            name = "dormouse",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "An agent substrate: many sleeping actors on a few warm workers.",
            footer = {"", "The command line is kubectl-ate, or dormouse ate: dormouse ate get actors"})
    static final class Top {}
}

package dev.dormouse.cli;

import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that says what to do; its subcommands say with what. Alone it is wrong usage. */
@Command
abstract class VerbCommand implements Runnable {

    final KubectlAte root;
    private final String missing;

    @Spec
    private CommandSpec spec;

    /** @param missing what to tell who gave no subcommand */
    VerbCommand(KubectlAte root, String missing) {
        this.root = root;
        this.missing = missing;
    }

    /** Does it for each name, whatever becomes of the others, and tells each failure in a line; gives the exit code. */
    final <T> int each(List<T> names, Consumer<T> action) {
        int exitCode = ExitCode.OK;
        for (T name : names) {
            try {
                action.accept(name);
            } catch (CommandFailed e) {
                exitCode = KubectlAte.failed(root.terminal(), e);
            }
        }
        return exitCode;
    }

    @Override
    public final void run() {
        throw new ParameterException(spec.commandLine(), missing);
    }
}

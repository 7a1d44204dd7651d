package dev.dormouse.cli;

import picocli.CommandLine.Command;
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

    @Override
    public final void run() {
        throw new ParameterException(spec.commandLine(), missing);
    }
}

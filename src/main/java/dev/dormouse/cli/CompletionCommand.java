package dev.dormouse.cli;

import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code completion}: what a shell needs to complete these commands. */
@Command(
        name = "completion",
        description = "Prints a script that makes a shell complete commands and options.",
        sortOptions = false,
        footer = {"%nExamples:", "  source <(kubectl-ate completion bash)", "  source <(kubectl-ate completion zsh)"})
final class CompletionCommand implements Runnable {

    /** Both read the same script: it tells them apart. */
    enum Shell {
        BASH,
        ZSH
    }

    private final KubectlAte root;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    private @Nullable Shell shell;

    CompletionCommand(KubectlAte root) {
        this.root = root;
    }

    @Override
    public void run() {
        CommandSpec top = spec.root();
        root.terminal().out().print(AutoComplete.bash(top.name(), top.commandLine()));
    }
}

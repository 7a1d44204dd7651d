package dev.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.cli.KubectlAte;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** docs/cli.md is what the commands say of themselves; {@code make docs} writes it anew. */
class CliPageTest {

    private static final Path PAGE = Path.of("docs/cli.md");
    private static final int WIDTH = 100;

    @Test
    void thePageOfTheCommandsIsCurrent() throws IOException {
        String page = page();
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, page);
        }

        assertThat(PAGE).as("run make docs").hasContent(page);
    }

    private static String page() {
        StringBuilder page = new StringBuilder("""
                # Command line

                One executable: `dormouse server`, `dormouse ateom`, and `kubectl-ate`, which is `dormouse ate` and also a symbolic link to
                it. This page is made by `make docs` from what the commands say with `--help`.
                """);
        describe(KubectlAte.commandLine(), page);
        describe(Dormouse.commandLine(), page);
        return page.toString();
    }

    private static void describe(CommandLine command, StringBuilder page) {
        command.setUsageHelpAutoWidth(false).setUsageHelpWidth(WIDTH);
        page.append("\n## ").append(command.getCommandSpec().qualifiedName()).append("\n\n```text\n");
        command.getUsageMessage(Ansi.OFF)
                .lines()
                .forEach(line -> page.append(line.stripTrailing()).append('\n'));
        page.append("```\n");
        // an alias is the same command again
        new LinkedHashSet<>(command.getSubcommands().values()).forEach(each -> describe(each, page));
    }
}

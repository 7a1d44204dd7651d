package dev.dormouse.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: version, commit and time of the build, as the build noted them. */
public final class Version implements IVersionProvider {

    private static final String NOTE = "/dormouse-build.properties";

    @Override
    public String[] getVersion() {
        return new String[] {of("kubectl-ate")};
    }

    /** One line; the commit is "unknown" in a build from a source archive. */
    public static String of(String program) {
        Properties build = new Properties();
        try (InputStream note = Version.class.getResourceAsStream(NOTE)) {
            if (note != null) {
                build.load(note);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "%s %s, commit %s, built %s"
                .formatted(
                        program,
                        build.getProperty("git.build.version", "(development)"),
                        build.getProperty("git.commit.id.abbrev", "unknown"),
                        build.getProperty("git.build.time", "at an unknown time"));
    }
}

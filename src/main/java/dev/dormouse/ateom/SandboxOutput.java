package dev.dormouse.ateom;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.host.Command;
import dev.dormouse.sandbox.host.Tools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jboss.logging.Logger;

/** A file that a sandbox appends to and that is read from its start; the disk gets back what was read. For one thread at a time. */
final class SandboxOutput {

    private static final Logger LOG = Logger.getLogger(SandboxOutput.class);
    private static final long GIVE_BACK = 4L << 20;
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Path file;
    private long read;
    private long givenBack;

    SandboxOutput(Path file) {
        this.file = file;
    }

    /** Reads on; says how many bytes that were, 0 or less when there are no more yet. */
    int read(ByteBuffer into) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            int count = channel.read(into, read);
            read += Math.max(0, count);
            if (read - givenBack >= GIVE_BACK) {
                giveBack();
            }
            return count;
        }
    }

    /** Makes a hole of it: to shorten the file would lose what is printed at that moment. */
    private void giveBack() throws IOException {
        try {
            Command.run(
                    LIMIT,
                    "",
                    Tools.find("fallocate").map(Path::toString).orElse("fallocate"),
                    "--punch-hole",
                    "--offset",
                    "0",
                    "--length",
                    Long.toString(read),
                    file.toString());
            givenBack = read;
        } catch (SandboxException e) {
            LOG.debugf("no holes in files here: %s", e.getMessage());
            shorten();
        }
    }

    /** Where there are no holes a full disk is worse than a lost line. */
    private void shorten() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        read = 0;
        givenBack = 0;
    }

    @Override
    public String toString() {
        return file.toString();
    }
}

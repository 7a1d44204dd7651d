package dev.dormouse.sandbox.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * A file that notes the process in which a sandbox lives, so that whoever comes after a killed Dormouse can end it. The start time
 * tells it from a later process with the same id.
 */
public record Holder(Path file) {

    private static final Logger LOG = Logger.getLogger(Holder.class);

    public void write(ProcessHandle process) throws IOException {
        Files.writeString(file, process.pid() + " " + startOf(process));
    }

    /** Ends the process, if it lives, and all that descends from it. Returns at once: the kernel finishes it. */
    public void end() {
        read().ifPresent(process -> {
            LOG.infof("Ending process %d of a Dormouse that died", process.pid());
            // the children first: without their parent they couldn't be found
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
    }

    private Optional<ProcessHandle> read() {
        try {
            String[] words = Files.readString(file).split(" ");
            return ProcessHandle.of(Long.parseLong(words[0]))
                    .filter(process -> startOf(process).toString().equals(words[1]));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static Instant startOf(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }
}

package dev.dormouse.ateom;

import dev.dormouse.name.ActorKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * What an actor printed, over all its activations: {@code <dir>/<atespace>/<actor>.log}, and one older part beside it. A sandbox is
 * made before its actor is known and writes to files of its own, so what it prints is moved here while it runs.
 */
final class ActorLog {

    private static final Logger LOG = Logger.getLogger(ActorLog.class);
    private static final int CHUNK = 64 * 1024;
    /** When the sandbox's own file is emptied; it appends, so it goes on at the start. */
    private static final long SOURCE_LIMIT = 1024 * 1024;

    private final Path file;
    private final long maxBytes;
    private final Map<Path, Long> moved = new LinkedHashMap<>();

    /**
     * @param maxBytes of a part; there are at most two
     * @param sources files that the sandbox appends to
     */
    ActorLog(Path logs, ActorKey actor, long maxBytes, List<Path> sources) {
        this.file = logs.resolve(actor.atespace().value()).resolve(actor.id().value() + ".log");
        this.maxBytes = maxBytes;
        sources.forEach(source -> moved.put(source, 0L));
    }

    /** Moves what was printed since the last call. A log that can't be written is no reason to stop an actor. */
    synchronized void collect() {
        for (Path source : moved.keySet()) {
            try {
                collect(source);
            } catch (IOException e) {
                LOG.debugf("can't move output of %s to %s: %s", source, file, e.toString());
            }
        }
    }

    private void collect(Path source) throws IOException {
        long done = moved.getOrDefault(source, 0L);
        if (Files.size(source) <= done) {
            return;
        }
        Files.createDirectories(file.getParent());
        try (FileChannel from = FileChannel.open(source, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            while (from.read(chunk, done) > 0) {
                done += chunk.position();
                append(chunk.flip());
                chunk.clear();
                moved.put(source, done);
            }
            if (done > SOURCE_LIMIT) {
                from.truncate(0);
                moved.put(source, 0L);
            }
        }
    }

    private void append(ByteBuffer bytes) throws IOException {
        if (Files.exists(file) && Files.size(file) + bytes.remaining() > maxBytes) {
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
        try (FileChannel to = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (bytes.hasRemaining()) {
                to.write(bytes);
            }
        }
    }

    /**
     * The last lines that were printed, for a message: joined by " | ", at most 500 characters. Empty when there is nothing.
     *
     * @param secrets masked before anything is cut off
     */
    synchronized String lastLines(int count, Secrets secrets) {
        collect();
        String tail = secrets.mask(tail());
        List<String> lines = tail.lines().filter(line -> !line.isBlank()).toList();
        String last = lines.stream()
                .skip(Math.max(0, lines.size() - count))
                .map(String::strip)
                .collect(Collectors.joining(" | "));
        return last.length() > 500 ? "…" + last.substring(last.length() - 500) : last;
    }

    private String tail() {
        StringBuilder all = new StringBuilder();
        for (Map.Entry<Path, Long> source : moved.entrySet()) {
            try (FileChannel from = FileChannel.open(source.getKey(), StandardOpenOption.READ)) {
                ByteBuffer chunk = ByteBuffer.allocate(4096);
                from.read(chunk, Math.max(0, from.size() - chunk.capacity()));
                all.append(StandardCharsets.UTF_8.decode(chunk.flip())).append('\n');
            } catch (IOException e) {
                LOG.debugf("can't read %s: %s", source.getKey(), e.toString());
            }
        }
        return all.toString();
    }
}

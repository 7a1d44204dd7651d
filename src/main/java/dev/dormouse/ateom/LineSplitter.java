package dev.dormouse.ateom;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Makes lines of the bytes that a container prints to one stream: UTF-8, what is none replaced, without secrets. A line of more than
 * 16 KiB becomes several. For one thread.
 */
final class LineSplitter {

    private static final int LONGEST_LINE = 16 * 1024;
    private static final int MOST_BYTES_OF_A_CHARACTER = 4;

    private final Secrets secrets;
    private final Consumer<String> lines;
    private final int most;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

    LineSplitter(Secrets secrets, Consumer<String> lines) {
        this.secrets = secrets;
        this.lines = lines;
        // what stays behind a cut may be the beginning of a secret
        this.most = LONGEST_LINE + MOST_BYTES_OF_A_CHARACTER * secrets.longest();
    }

    void feed(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '\n') {
                lines.accept(begun());
                begun.reset();
            } else {
                if (begun.size() >= most && mayCutBefore(next)) {
                    cut();
                }
                begun.write(next);
            }
        }
    }

    /** So that no character is torn; bytes that are none don't put it off for long. */
    private boolean mayCutBefore(byte next) {
        boolean continues = (next & 0xC0) == 0x80;
        return !continues || begun.size() >= most + MOST_BYTES_OF_A_CHARACTER;
    }

    private void cut() {
        String text = begun();
        // masked, it may have become short
        int end = Math.max(0, text.length() - secrets.longest());
        if (end > 0 && end < text.length() && Character.isLowSurrogate(text.charAt(end))) {
            end--;
        }
        begun.reset();
        begun.writeBytes(text.substring(end).getBytes(StandardCharsets.UTF_8));
        if (end > 0) {
            lines.accept(text.substring(0, end));
        }
    }

    /** What came behind the last line end. */
    String begun() {
        return secrets.mask(begun.toString(StandardCharsets.UTF_8));
    }

    /** Nothing more comes: what was begun is a line. */
    void end() {
        if (begun.size() > 0) {
            lines.accept(begun());
            begun.reset();
        }
    }
}

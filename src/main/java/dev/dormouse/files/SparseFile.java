package dev.dormouse.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/** Writes a file from the start and leaves holes where whole blocks are zero. Not buffered: give it large arrays. */
public final class SparseFile extends OutputStream {

    /** What can become a hole: a whole block, from a multiple of its size. */
    public static final int BLOCK = 64 * 1024;

    private static final byte[] ZEROS = new byte[BLOCK];

    private final FileChannel channel;
    private long position;

    /**
     * @param channel of a new file, closed with this
     */
    public SparseFile(FileChannel channel) {
        this.channel = channel;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int end = offset + length;
        while (from < end) {
            int size = (int) Math.min(end - from, BLOCK - position % BLOCK);
            if (size < BLOCK || !Arrays.equals(bytes, from, from + size, ZEROS, 0, size)) {
                writeFully(ByteBuffer.wrap(bytes, from, size));
            }
            position += size;
            from += size;
        }
    }

    private void writeFully(ByteBuffer buffer) throws IOException {
        long at = position;
        while (buffer.hasRemaining()) {
            at += channel.write(buffer, at);
        }
    }

    /** Gives the file its length, which a hole at its end doesn't, and closes it. */
    @Override
    public void close() throws IOException {
        try (channel) {
            if (channel.size() < position) {
                // one byte at the end is the portable way to extend a file; the hole before it stays
                channel.write(ByteBuffer.wrap(new byte[1]), position - 1);
            }
        }
    }
}

package dev.dormouse.bucket;

import java.util.Arrays;

/** Some bytes of an object in memory. Belongs to one thread at a time. */
public final class Part {

    /** What all parts of an object but the last have: more than the stores' least (5 MiB), and a multiple of 256 KiB. */
    public static final int SIZE = 8 << 20;

    private byte[] bytes;
    private int length;

    /** An empty one. */
    public Part(int capacity) {
        this.bytes = new byte[capacity];
    }

    private Part(byte[] bytes) {
        this.bytes = bytes;
        this.length = bytes.length;
    }

    /** A full one; the array is not copied. */
    public static Part of(byte[] content) {
        return new Part(content);
    }

    /** Takes what fits and says how much that was. */
    int append(byte[] source, int offset, int count) {
        int taken = Math.min(count, bytes.length - length);
        System.arraycopy(source, offset, bytes, length, taken);
        length += taken;
        return taken;
    }

    boolean isFull() {
        return length == bytes.length;
    }

    void grow() {
        bytes = Arrays.copyOf(bytes, SIZE);
    }

    int capacity() {
        return bytes.length;
    }

    /** The array itself: the content is its first {@link #length} bytes. */
    public byte[] array() {
        return bytes;
    }

    public int length() {
        return length;
    }

    void setLength(int length) {
        this.length = length;
    }
}

package dev.dormouse.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A blob on its way; {@link #verify} says whether what came is what the digest promised. */
final class VerifiedBlob extends FilterInputStream {

    private final String digest;
    private final MessageDigest sha256 = sha256();

    VerifiedBlob(InputStream in, String digest) {
        super(in);
        this.digest = digest;
    }

    /** Reads what is left and compares. */
    void verify() throws IOException {
        String actual = readToEnd();
        if (!actual.equals(digest)) {
            throw new IOException("blob " + digest + " is damaged: its digest is " + actual);
        }
    }

    /** Reads what is left and tells what {@link #verify} would. */
    boolean isAsPromised() throws IOException {
        return readToEnd().equals(digest);
    }

    private String readToEnd() throws IOException {
        byte[] rest = new byte[64 * 1024];
        while (read(rest) >= 0) {}
        return "sha256:" + HexFormat.of().formatHex(sha256.digest());
    }

    static String digestOf(byte[] bytes) {
        return "sha256:" + HexFormat.of().formatHex(sha256().digest(bytes));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int n = super.read(bytes, offset, length);
        if (n > 0) {
            sha256.update(bytes, offset, n);
        }
        return n;
    }

    @Override
    public long skip(long n) throws IOException {
        // nothing may pass unseen
        return n <= 0 ? 0 : Math.max(0, read(new byte[(int) Math.min(n, 64 * 1024)]));
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

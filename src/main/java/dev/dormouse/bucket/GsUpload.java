package dev.dormouse.bucket;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A resumable upload. The store may keep less of a part than was sent, and says how far it got: the rest is sent again. The object is
 * there with the answer to the last part.
 */
final class GsUpload implements Bucket.Upload {

    private static final int INCOMPLETE = 308;
    private static final Pattern RANGE = Pattern.compile("bytes=0-(\\d{1,18})");

    private final GsClient client;
    private final GsBucket target;
    private final String bucket;
    private final String key;
    private final URI session;
    private final CRC32C checksum = new CRC32C();
    /** Of all parts before the present one. */
    private long sent;

    GsUpload(GsClient client, GsBucket target, String bucket, String key, String session) {
        this.client = client;
        this.target = target;
        this.bucket = bucket;
        this.key = key;
        this.session = URI.create(session);
    }

    @Override
    public int partsAtOnce() {
        return 1;
    }

    @Override
    public void send(int number, Part part, boolean last) throws IOException {
        checksum.update(part.array(), 0, part.length());
        long end = sent + part.length();
        long from = sent;
        Retry retry = new Retry();
        while (from < end) {
            HttpResponse<byte[]> response = sendFrom(from, part, end, last, retry);
            if (response.statusCode() == INCOMPLETE) {
                long kept = kept(response);
                if (kept < sent || kept > end || (kept <= from && !retry.again())) {
                    throw new BucketException(
                            "gs://%s/%s: the store has %d bytes of the %d sent".formatted(bucket, key, kept, end),
                            null);
                }
                if (kept > from) {
                    // a slow way is no broken one: tries are counted from where it got no further
                    retry = new Retry();
                }
                from = kept;
            } else {
                requireWhole(response, last);
                from = end;
            }
        }
        sent = end;
    }

    /** The answer to the bytes from a position on, or to the question how far it got when that answer doesn't come. */
    private HttpResponse<byte[]> sendFrom(long from, Part part, long end, boolean last, Retry retry)
            throws IOException {
        String range = "bytes %d-%d/%s".formatted(from, end - 1, last ? String.valueOf(end) : "*");
        int offset = (int) (from - sent);
        BodyPublisher rest = BodyPublishers.ofByteArray(part.array(), offset, part.length() - offset);
        try {
            HttpResponse<byte[]> response = client.sendOnce(put(range, rest), BodyHandlers.ofByteArray());
            if (!GsClient.mayPass(response) || !retry.again()) {
                return response;
            }
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            if (!retry.again()) {
                throw new BucketException("Google Cloud Storage doesn't answer: " + e.getMessage(), e);
            }
        }
        return client.send(
                put("bytes */" + (last ? String.valueOf(end) : "*"), BodyPublishers.noBody()),
                BodyHandlers.ofByteArray());
    }

    private HttpRequest.Builder put(String range, BodyPublisher body) {
        return HttpRequest.newBuilder(session).header("Content-Range", range).PUT(body);
    }

    private static long kept(HttpResponse<?> response) {
        Matcher range = RANGE.matcher(response.headers().firstValue("Range").orElse(""));
        return range.matches() ? Long.parseLong(range.group(1)) + 1 : 0;
    }

    private void requireWhole(HttpResponse<byte[]> response, boolean last) throws IOException {
        GsClient.require(bucket, key, response);
        byte[] ours = ByteBuffer.allocate(Integer.BYTES)
                .putInt((int) checksum.getValue())
                .array();
        String stored = GsClient.json(response.body()).path("crc32c").asText();
        if (!last || !stored.equals(Base64.getEncoder().encodeToString(ours))) {
            target.delete(key);
            throw new BucketException("gs://%s/%s was damaged on its way to the store".formatted(bucket, key), null);
        }
    }

    @Override
    public void complete() {
        // it is since the last part
    }

    @Override
    public void abort() throws IOException {
        // answers 499 when it is done
        client.sendOnce(HttpRequest.newBuilder(session).DELETE(), BodyHandlers.discarding());
    }
}

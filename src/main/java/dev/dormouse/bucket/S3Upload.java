package dev.dormouse.bucket;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** A multipart upload. */
final class S3Upload implements Bucket.Upload {

    private static final int PARTS_AT_ONCE = 4;

    private final S3Client client;
    private final String bucket;
    private final String key;
    private final String id;
    private final AtomicLong size = new AtomicLong();
    /** By number. Guarded by itself. */
    private final Map<Integer, CompletedPart> parts = new TreeMap<>();

    S3Upload(S3Client client, String bucket, String key, String id) {
        this.client = client;
        this.bucket = bucket;
        this.key = key;
        this.id = id;
    }

    @Override
    public int partsAtOnce() {
        return PARTS_AT_ONCE;
    }

    @Override
    public void send(int number, Part part, boolean last) throws IOException {
        UploadPartRequest request = UploadPartRequest.builder()
                .bucket(bucket)
                .key(key)
                .uploadId(id)
                .partNumber(number)
                .contentMD5(Md5.base64(part))
                .build();
        try {
            String tag = client.uploadPart(request, S3Bucket.body(part)).eTag();
            size.addAndGet(part.length());
            synchronized (parts) {
                parts.put(
                        number,
                        CompletedPart.builder().partNumber(number).eTag(tag).build());
            }
        } catch (SdkException e) {
            throw S3Failure.of(bucket, key, e);
        }
    }

    @Override
    public void complete() throws IOException {
        try {
            synchronized (parts) {
                client.completeMultipartUpload(request -> request.bucket(bucket)
                        .key(key)
                        .uploadId(id)
                        .multipartUpload(whole -> whole.parts(parts.values())));
            }
        } catch (NoSuchUploadException e) {
            requireThere(e);
        } catch (SdkException e) {
            throw S3Failure.of(bucket, key, e);
        }
    }

    /** The answer to the first try may have been lost; the second finds no upload any more. */
    private void requireThere(NoSuchUploadException gone) throws IOException {
        try {
            long there = client.headObject(request -> request.bucket(bucket).key(key))
                    .contentLength();
            if (there != size.get()) {
                throw S3Failure.of(bucket, key, gone);
            }
        } catch (SdkException e) {
            throw S3Failure.of(bucket, key, gone);
        }
    }

    @Override
    public void abort() throws IOException {
        try {
            abort(client, bucket, key, id);
        } catch (SdkException e) {
            throw S3Failure.of(bucket, key, e);
        }
    }

    /** Idempotent. */
    static void abort(S3Client client, String bucket, String key, String id) {
        try {
            client.abortMultipartUpload(
                    request -> request.bucket(bucket).key(key).uploadId(id));
        } catch (NoSuchUploadException e) {
            // aborted by a try whose answer was lost
        }
    }
}

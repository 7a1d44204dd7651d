package dev.dormouse.bucket;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A bucket of S3. The SDK tries requests again. */
final class S3Bucket implements Bucket {

    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int PRECONDITION_FAILED = 412;
    private static final int NOT_IMPLEMENTED = 501;

    private final S3Client client;
    private final String name;

    S3Bucket(S3Client client, String name) {
        this.client = client;
        this.name = name;
    }

    @Override
    public boolean create(String key, Part content) throws IOException {
        try {
            client.putObject(request(key, content).ifNoneMatch("*").build(), body(content));
            return true;
        } catch (S3Exception e) {
            if (e.statusCode() == PRECONDITION_FAILED) {
                return false;
            }
            throw S3Failure.of(name, key, e);
        } catch (SdkException e) {
            throw S3Failure.of(name, key, e);
        }
    }

    @Override
    public void put(String key, Part content) throws IOException {
        try {
            client.putObject(request(key, content).build(), body(content));
        } catch (SdkException e) {
            throw S3Failure.of(name, key, e);
        }
    }

    @Override
    public Upload begin(String key) throws IOException {
        try {
            String id = client.createMultipartUpload(
                            request -> request.bucket(name).key(key))
                    .uploadId();
            return new S3Upload(client, name, key, id);
        } catch (SdkException e) {
            throw S3Failure.of(name, key, e);
        }
    }

    @Override
    public long read(String key, long from, Part into) throws IOException {
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(name)
                .key(key)
                .range("bytes=%d-%d".formatted(from, from + into.capacity() - 1))
                .build();
        Retry retry = new Retry();
        while (true) {
            try {
                return client.getObject(request, fill(from, into));
            } catch (S3Exception e) {
                if (e.statusCode() == RANGE_NOT_SATISFIABLE) {
                    into.setLength(0);
                    return from;
                }
                if (!S3Failure.isUnclear(e) || !retry.again()) {
                    throw S3Failure.of(name, key, e);
                }
            } catch (SdkException e) {
                throw S3Failure.of(name, key, e);
            }
        }
    }

    private static ResponseTransformer<GetObjectResponse, Long> fill(long from, Part into) {
        return (response, body) -> {
            ContentRange range = ContentRange.parse(response.contentRange(), response.contentLength());
            try {
                range.requireFrom(from);
                into.setLength(readWhole(body, into, range.lengthFrom(from, into.capacity())));
                return range.total();
            } catch (IOException e) {
                body.abort();
                throw RetryableException.create("the answer broke off: " + e.getMessage(), e);
            }
        };
    }

    private static int readWhole(AbortableInputStream body, Part into, int expected) throws IOException {
        int length = ((InputStream) body).readNBytes(into.array(), 0, expected);
        if (length < expected) {
            throw new IOException("%d of %d bytes came".formatted(length, expected));
        }
        return length;
    }

    @Override
    public void delete(String key) throws IOException {
        try {
            client.deleteObject(request -> request.bucket(name).key(key));
        } catch (SdkException e) {
            throw S3Failure.of(name, key, e);
        }
    }

    @Override
    public void list(String prefix, Consumer<Found> each) throws IOException {
        try {
            client.listObjectsV2Paginator(request -> request.bucket(name).prefix(prefix))
                    .contents()
                    .forEach(object -> each.accept(new Found(object.key(), object.size(), object.lastModified())));
        } catch (SdkException e) {
            throw S3Failure.of(name, prefix, e);
        }
    }

    @Override
    public void listUnfinished(String prefix, Consumer<Found> each) throws IOException {
        unfinished(prefix, upload -> each.accept(new Found(upload.key(), 0, upload.initiated())));
    }

    @Override
    public void abortUnfinished(String prefix) throws IOException {
        unfinished(prefix, upload -> S3Upload.abort(client, name, upload.key(), upload.uploadId()));
    }

    private void unfinished(String prefix, Consumer<MultipartUpload> each) throws IOException {
        try {
            client.listMultipartUploadsPaginator(request -> request.bucket(name).prefix(prefix))
                    .uploads()
                    .forEach(each);
        } catch (S3Exception e) {
            // some servers forget unfinished uploads by themselves
            if (e.statusCode() != NOT_IMPLEMENTED) {
                throw S3Failure.of(name, prefix, e);
            }
        } catch (SdkException e) {
            throw S3Failure.of(name, prefix, e);
        }
    }

    private PutObjectRequest.Builder request(String key, Part content) {
        return PutObjectRequest.builder().bucket(name).key(key).contentMD5(Md5.base64(content));
    }

    /** The part's own array: the SDK's ready-made bodies copy it. */
    static RequestBody body(Part content) {
        ContentStreamProvider bytes = () -> new java.io.ByteArrayInputStream(content.array(), 0, content.length());
        return RequestBody.fromContentProvider(bytes, content.length(), "application/octet-stream");
    }
}

package dev.dormouse.bucket;

import dev.dormouse.platform.DormouseConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A server of S3 in this JVM, with a bucket. What it keeps lies in a directory. */
public final class S3Server implements AutoCloseable {

    public static final String BUCKET = "snapshots";

    public static final String KEY = "somebody";
    public static final String SECRET = "a-secret-of-the-test";

    private static final StaticCredentialsProvider CREDENTIALS =
            StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET));

    private final S3Proxy server;
    private final S3Client direct;

    public S3Server(Path directory) throws Exception {
        server = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(
                        Files.createDirectories(directory).toString()))
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET)
                .build();
        server.start();
        direct = S3Client.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + port()))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(CREDENTIALS)
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
        direct.createBucket(request -> request.bucket(BUCKET));
    }

    public int port() {
        return server.getPort();
    }

    /** A client of the test's own. */
    public S3Client direct() {
        return direct;
    }

    /** What the product makes of it, by way of a port that may be another's. */
    public static Buckets buckets(int port, Duration requestLimit) {
        return new S3Buckets(config("http://127.0.0.1:" + port, null), requestLimit, () -> CREDENTIALS);
    }

    static DormouseConfig.S3 config(String endpoint, Boolean pathStyle) {
        return new DormouseConfig.S3() {
            @Override
            public Optional<String> endpoint() {
                return Optional.ofNullable(endpoint);
            }

            @Override
            public Optional<Boolean> pathStyle() {
                return Optional.ofNullable(pathStyle);
            }

            @Override
            public Optional<String> region() {
                return Optional.empty();
            }
        };
    }

    @Override
    public void close() throws Exception {
        direct.close();
        server.stop();
    }
}

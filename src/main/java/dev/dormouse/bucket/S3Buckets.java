package dev.dormouse.bucket;

import dev.dormouse.platform.DormouseConfig;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;

/** Buckets of S3, or of a server that speaks as it does. The client is made when it is needed first. */
public final class S3Buckets implements Buckets {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    private static final int ATTEMPTS = 6;

    private final DormouseConfig.S3 config;
    private final Duration requestLimit;
    private final Supplier<AwsCredentialsProvider> credentials;
    private final Lock lock = new ReentrantLock();
    private volatile @Nullable S3Client client;

    /**
     * With credentials of the SDK's chain: environment, web identity of a Pod, profile, container, instance.
     *
     * @param requestLimit how long one try of a request may take
     */
    public S3Buckets(DormouseConfig.S3 config, Duration requestLimit) {
        this(config, requestLimit, () -> DefaultCredentialsProvider.builder().build());
    }

    /**
     * @param credentials asked once, when the client is made
     */
    S3Buckets(DormouseConfig.S3 config, Duration requestLimit, Supplier<AwsCredentialsProvider> credentials) {
        this.config = config;
        this.requestLimit = requestLimit;
        this.credentials = credentials;
    }

    @Override
    public Bucket bucket(String name) throws IOException {
        return new S3Bucket(client(), name);
    }

    private S3Client client() throws IOException {
        S3Client made = client;
        if (made != null) {
            return made;
        }
        lock.lock();
        try {
            made = client;
            if (made == null) {
                made = make();
                client = made;
            }
            return made;
        } catch (SdkException | IllegalArgumentException e) {
            throw new BucketException(
                    "S3 can't be reached: set dormouse.snapshots.s3.region, or dormouse.snapshots.s3.endpoint to http(s)://host[:port] (%s)"
                            .formatted(e.getMessage()),
                    e);
        } finally {
            lock.unlock();
        }
    }

    private S3Client make() {
        Optional<URI> endpoint = config.endpoint().map(URI::create);
        var builder = S3Client.builder()
                .credentialsProvider(credentials.get())
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT_LIMIT)
                        .socketTimeout(requestLimit))
                .forcePathStyle(config.pathStyle().orElse(endpoint.isPresent()))
                // each part carries its MD5 already; other servers than Amazon's often don't know the newer checksums
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(S3Configuration.builder()
                        .chunkedEncodingEnabled(false)
                        .expectContinueEnabled(false)
                        .build())
                .overrideConfiguration(override -> override.apiCallAttemptTimeout(requestLimit)
                        .retryStrategy(StandardRetryStrategy.builder()
                                .maxAttempts(ATTEMPTS)
                                .retryOnException(S3Failure::brokeOff)
                                .build()));
        endpoint.ifPresent(builder::endpointOverride);
        config.region()
                .map(Region::of)
                // a server of one's own takes any
                .or(() -> endpoint.map(any -> Region.US_EAST_1))
                .ifPresent(builder::region);
        return builder.build();
    }
}

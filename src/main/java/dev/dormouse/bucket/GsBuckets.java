package dev.dormouse.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.auth.Credentials;
import com.google.auth.http.HttpTransportFactory;
import com.google.auth.oauth2.GoogleCredentials;
import dev.dormouse.platform.DormouseConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Buckets of Google Cloud Storage, by its JSON API. Credentials are looked for when they are needed first. */
public final class GsBuckets implements Buckets {

    private static final String ENDPOINT = "https://storage.googleapis.com";
    private static final String SCOPE = "https://www.googleapis.com/auth/devstorage.read_write";

    private final DormouseConfig.Gs config;
    private final Duration requestLimit;
    private final HttpTransportFactory tokens;
    private final Lock lock = new ReentrantLock();
    private volatile @Nullable GsClient client;

    /**
     * @param requestLimit how long one try of a request may take
     */
    public GsBuckets(DormouseConfig.Gs config, Duration requestLimit) {
        this(config, requestLimit, NetHttpTransport::new);
    }

    /**
     * @param tokens how to reach what gives tokens
     */
    GsBuckets(DormouseConfig.Gs config, Duration requestLimit, HttpTransportFactory tokens) {
        this.config = config;
        this.requestLimit = requestLimit;
        this.tokens = tokens;
    }

    @Override
    public Bucket bucket(String name) throws IOException {
        return new GsBucket(client(), name);
    }

    private GsClient client() throws IOException {
        GsClient made = client;
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
        } finally {
            lock.unlock();
        }
    }

    private GsClient make() throws IOException {
        return new GsClient(endpoint(), config.anonymous() ? null : credentials(), requestLimit);
    }

    private URI endpoint() throws BucketException {
        try {
            return URI.create(config.endpoint().orElse(ENDPOINT));
        } catch (IllegalArgumentException e) {
            throw new BucketException("dormouse.snapshots.gs.endpoint is no http(s)://host[:port]", e);
        }
    }

    private Credentials credentials() throws IOException {
        if (config.credentials().isPresent()) {
            Path file = config.credentials().get();
            return scoped("dormouse.snapshots.gs.credentials is not usable: ", () -> Files.newInputStream(file));
        }
        if (config.credentialsJson().isPresent()) {
            byte[] text = config.credentialsJson().get().getBytes(UTF_8);
            return scoped(
                    "dormouse.snapshots.gs.credentials-json is not usable: ", () -> new ByteArrayInputStream(text));
        }
        try {
            return GoogleCredentials.getApplicationDefault(tokens).createScoped(SCOPE);
        } catch (IOException e) {
            throw new BucketException(
                    "there are no credentials for gs://: give the Pod a workload identity, or set GOOGLE_APPLICATION_CREDENTIALS"
                            + " or dormouse.snapshots.gs.credentials to a file, or dormouse.snapshots.gs.anonymous",
                    e);
        }
    }

    /** Where credentials are read from. */
    private interface Source {
        InputStream open() throws IOException;
    }

    private Credentials scoped(String complaint, Source source) throws BucketException {
        try (InputStream in = source.open()) {
            return GoogleCredentials.fromStream(in, tokens).createScoped(SCOPE);
        } catch (IOException | IllegalArgumentException e) {
            throw new BucketException(complaint + e.getMessage(), e);
        }
    }
}

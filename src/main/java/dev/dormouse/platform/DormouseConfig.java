package dev.dormouse.platform;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All of our settings, with their defaults. Each is also an environment variable: DORMOUSE_SCHEDULER_WAIT. */
@ConfigMapping(prefix = "dormouse")
public interface DormouseConfig {

    /** What this process is. */
    @WithDefault("server")
    Role role();

    enum Role {
        /** The control plane. */
        SERVER,
        /** The worker agent. */
        ATEOM
    }

    /** Where what is declared comes from, and the workers; the command decides. */
    @WithDefault("standalone")
    Mode mode();

    enum Mode {
        /** Manifests in the database, and one ateom of the server's own. */
        STANDALONE,
        /** Custom resources of a cluster, and Pods. */
        KUBERNETES
    }

    /** Where a standalone server keeps its database, images and snapshots, and ateom its node cache; the command decides. */
    Path dataDir();

    Database database();

    Journal journal();

    Usage usage();

    Scheduler scheduler();

    Activation activation();

    Workers workers();

    Router router();

    Dns dns();

    Api api();

    Access access();

    Identity identity();

    Snapshots snapshots();

    Logs logs();

    Images images();

    Standalone standalone();

    Kubernetes kubernetes();

    Ateom ateom();

    interface Database {
        /** How many calls of one kind go together in a statement at most. */
        @WithDefault("256")
        int batchSize();

        /** How many statements of one kind may be under way at once. */
        @WithDefault("1")
        int batchesInFlight();
    }

    interface Journal {
        /** How long events are kept, in whole days. */
        @WithDefault("30d")
        Duration retention();
    }

    interface Usage {
        /** How long what was used is kept. */
        @WithDefault("90d")
        Duration retention();
    }

    interface Scheduler {
        /** How long a caller waits for a worker. */
        @WithDefault("10s")
        @WithName("wait")
        Duration waitLimit();

        /** An actor idle for at least this long may be suspended when others wait. */
        @WithDefault("2s")
        Duration pressureIdle();

        /** How many callers may wait at once; the next are refused. */
        @WithDefault("4096")
        int queueLimit();
    }

    interface Activation {
        /** Until when an actor must be ready after its restore or boot began. */
        @WithDefault("60s")
        Duration readyTimeout();

        /** How long ateom may take to fetch images and snapshots, beside the time to get ready. */
        @WithDefault("60s")
        Duration fetchTimeout();

        /** How long ateom may take for a snapshot, upload included. */
        @WithDefault("5m")
        Duration checkpointTimeout();

        /** How long a transition stays ours without renewal; then another replica takes it over. */
        @WithDefault("15s")
        Duration lease();

        /** An actor idle for this long is suspended; 0 for never. A template's lifecycle.idleTimeout goes first. */
        @WithDefault("5m")
        Duration idleTimeout();
    }

    interface Workers {
        /** A worker not heard of for this long counts as lost, and its actor returns to its last good snapshot. */
        @WithDefault("5s")
        Duration lostAfter();

        /** After this long a lost worker's record is removed. */
        @WithDefault("1m")
        Duration forgetAfter();
    }

    interface Router {
        /** TCP port for the actors' traffic; 0 for any that is free. */
        @WithDefault("8000")
        int port();

        /** Behind which the names of actors stand. */
        @WithDefault("actors.resources.substrate.ate.dev")
        String domain();

        /** How many requests may wait for their actors at once. */
        @WithDefault("2048")
        int maxParked();

        /** How long a request waits for its actor. */
        @WithDefault("10s")
        Duration parkTimeout();

        /** The address to listen at; when absent all of them, IPv4 and IPv6, in a cluster, and 127.0.0.1 standalone. */
        Optional<String> host();

        /** Event loops; as many as cores when absent. */
        Optional<Integer> eventLoops();

        /**
         * Until when the first byte of an answer must have come, from the request's last byte on; then 504. Event streams and gRPC
         * are exempt, and an answer that has begun may last for ever.
         */
        @WithDefault("5m")
        Duration responseTimeout();

        /** How long a connection may stay open without a whole request head: idle, or sent too slowly. */
        @WithDefault("30s")
        Duration headTimeout();

        /** How long requests in flight may take to end when the server stops. */
        @WithDefault("5s")
        Duration drainTimeout();

        /** Bytes that the headers of a request may have. */
        @WithDefault("16384")
        int maxHeaderSize();

        /** Clients' connections open at once; the next are closed. */
        @WithDefault("10000")
        int maxConnections();
    }

    interface Dns {
        /** UDP and TCP port for questions about actors' names; none when absent. */
        Optional<Integer> port();

        @WithDefault("0.0.0.0")
        String host();

        /** The router's address, or a host name that leads to it, where whoever asks can reach it. */
        Optional<String> target();
    }

    interface Api {
        /** In which era's shapes gRPC is answered. Requests tell their own where it matters; one of v0.0.6 is answered in its. */
        @WithDefault("v0.0.8")
        @WithConverter(ApiEra.FromVersion.class)
        ApiEra era();

        /** Whether DebugClear deletes all actors and atespaces, or is refused. */
        @WithDefault("false")
        boolean debug();

        Tls tls();
    }

    interface Tls {
        /** Standalone: PEM file with the certificate, and what leads to its CA, that the API has at {@code quarkus.http.ssl-port}. */
        Optional<Path> certificate();

        /** PEM file with the certificate's key. */
        Optional<Path> key();
    }

    interface Access {
        /** Standalone: the token whose holder may do everything; with it the server may listen to more than its own machine. */
        Optional<String> token();

        /** File with that token, read at start; not used where the token itself is set. */
        Optional<Path> tokenFile();

        /** In a cluster: for whom the API server must have made a caller's token; one of these. */
        @WithDefault("api.ate.dev")
        Set<String> audiences();

        /** PEM file with the CA whose clients' certificates say who calls over TLS: CN the user, O the groups. */
        Optional<Path> clientCa();

        /** Standalone: users, told by OIDC or a certificate, who may do everything. */
        Optional<Set<String>> adminUsers();

        /** Standalone: groups, told by OIDC or a certificate, whose members may do everything. */
        Optional<Set<String>> adminGroups();

        Oidc oidc();
    }

    interface Oidc {
        /** URL of the issuer whose tokens are taken, as it stands in them; none when absent. */
        Optional<String> issuer();

        /** For whom the tokens must be made; needed with an issuer. */
        Optional<String> audience();

        /** The claim that names the user. */
        @WithDefault("sub")
        String usernameClaim();

        /** The claim that names the user's groups. */
        @WithDefault("groups")
        String groupsClaim();

        /** What is put in front of names of users and groups, to tell them from others'. */
        @WithDefault("oidc:")
        String prefix();

        /** PEM file with a CA that the issuer is believed by, beside those that Java knows. */
        Optional<Path> ca();
    }

    interface Identity {
        /**
         * URL that actors' tokens name as their issuer, and at which whoever checks them finds our keys; when absent the Service
         * {@code api} of the control plane's namespace, standalone this machine's port of the API.
         */
        Optional<String> issuer();

        /** SPIFFE trust domain of actors: the first part of the subject of their tokens and certificates. */
        @WithDefault("ate.local")
        String trustDomain();

        /** How long a key signs before the next one does. */
        @WithDefault("30d")
        Duration rotation();
    }

    interface Snapshots {
        /** How many durable snapshots an actor keeps. */
        @WithDefault("2")
        int keepDurable();

        /**
         * URI prefix to the prefix used instead: manifests written for a cluster run unchanged on a laptop. Where a store has an
         * endpoint, its whole scheme is not redirected.
         */
        Map<String, String> redirect();

        /** Parts of files, 8 MiB each, that are in memory at once on their way to and from object stores. */
        @WithDefault("6")
        int transfers();

        /** How long one try of a request to an object store may take; then it is tried again. */
        @WithDefault("30s")
        Duration requestTimeout();

        S3 s3();

        Gs gs();
    }

    interface Logs {
        /** How many bytes of what an actor printed are kept in the store; beyond that the oldest go. */
        @WithDefault("16777216")
        long keepBytes();
    }

    /** Credentials are found by the SDK's own chain: environment, web identity, profile, container, instance. */
    interface S3 {
        /** http(s)://host[:port] of a server that speaks S3; Amazon's of the region when absent. */
        Optional<String> endpoint();

        /** Whether the bucket's name goes into the path, not the host's name; true with an endpoint when absent. */
        Optional<Boolean> pathStyle();

        /** The SDK's own chain finds it when absent; with an endpoint it is us-east-1 then. */
        Optional<String> region();
    }

    interface Gs {
        /** http(s)://host[:port]; Google's when absent. */
        Optional<String> endpoint();

        /** Whether to send no credentials at all. */
        @WithDefault("false")
        boolean anonymous();

        /** File with a service account's key or a workload identity's configuration; Google's own chain finds them when absent. */
        Optional<Path> credentials();

        /** What such a file holds, for where secrets are environment variables; not used where there is a file. */
        Optional<String> credentialsJson();
    }

    interface Images {
        /**
         * Image reference prefix to the prefix used instead: an oci: layout directory, or another registry. The longest prefix
         * wins.
         */
        Map<String, String> redirect();

        /** The most bytes that one image may take unpacked; a larger one is refused. */
        @WithDefault("17179869184")
        long maxUnpackedBytes();

        /** How many bytes of layers as they were pulled a node keeps, for other images that share them. */
        @WithDefault("10737418240")
        long cacheBytes();

        /**
         * The node's credentials for registries: a Docker configuration in JSON, of which {@code auths} is used and helpers are
         * not. When absent, that of the user where there is one.
         */
        Optional<Path> dockerConfig();

        /** PEM file with certificates of CAs that registries are believed by, beside those that Java knows. */
        Optional<Path> ca();

        /** Registries to speak plain HTTP with, as host or host:port; none for TLS with all. */
        @WithDefault("localhost,127.0.0.1,[::1]")
        Set<String> plainHttp();
    }

    interface Standalone {
        /** Directory of manifests that is read at start and watched. */
        Optional<Path> manifests();

        /** What isolates actors: auto (gvisor where it works), gvisor or process. */
        @WithDefault("auto")
        String sandbox();

        /** Whether the server starts an ateom of its own; false when others register their workers. */
        @WithDefault("true")
        boolean launch();

        /** Where ateom runs: a child process, or the same process (dev mode). */
        @WithDefault("false")
        boolean inProcess();
    }

    interface Asset {
        /** file:, http:, https:, s3: or gs:. */
        String url();

        /** 64 lower case hexadecimal digits. */
        String sha256();
    }

    /** All or none of these are set. */
    interface Pod {
        Optional<String> uid();

        Optional<String> namespace();

        Optional<String> name();

        /** Its WorkerPool's name. */
        Optional<String> pool();

        /** IPv4 address at which its actors are reached. */
        Optional<String> ip();
    }

    interface Kubernetes {
        /** The namespace of the control plane, where its Lease is; the one that the client is configured for when absent. */
        Optional<String> namespace();

        /** host:port at which the workers reach the control plane; the Service {@code api} of its namespace when absent. */
        Optional<String> controlPlane();

        /** Whether the API has TLS, with a certificate from the Secret {@code dormouse-api-tls}, which is made when it isn't there. */
        @WithDefault("true")
        boolean tls();

        /** How long a leader that died is waited for before another replica leads. */
        @WithDefault("12s")
        Duration lease();
    }

    interface Ateom {
        /** runsc binary; found on the PATH when absent. */
        Optional<Path> runsc();

        /** By architecture (amd64, arm64): the runsc to fetch and use instead. */
        Map<String, Asset> runscAssets();

        /** host:port of the control plane, for heartbeats. */
        @WithDefault("127.0.0.1:8080")
        String controlPlane();

        /** The CA of the control plane's certificate, in PEM; plain text when absent. */
        Optional<String> controlPlaneCa();

        /** How often it reports. */
        @WithDefault("1s")
        Duration heartbeat();

        /** host:port at which the control plane reaches it; its HTTP host and port when absent. */
        Optional<String> address();

        /** The node's name; the host's when absent. */
        Optional<String> node();

        /**
         * What all ateoms of a node share: images, binaries, snapshots to restore from and those of paused actors. On the same file
         * system as the data directory, which it is when absent.
         */
        Optional<Path> nodeDir();

        /** File with a token that the control plane knows this ateom by; read anew for each report. */
        Optional<Path> token();

        /** The Pod whose worker it is; empty where the control plane says which workers it has. */
        Pod pod();

        /** Beside the control plane: host names or addresses that no range and no host name of a policy opens, only an address itself. */
        Optional<List<String>> guarded();

        /** How many sandboxes may start at once; 0: as many as there are processors. */
        @WithDefault("0")
        int concurrentStarts();

        /** How many bytes of snapshots the node keeps to restore from; local ones of paused actors come on top. */
        @WithDefault("21474836480")
        long cacheBytes();

        /** How many bytes of what one actor printed the node keeps while the store doesn't have them; beyond that the oldest go. */
        @WithDefault("8388608")
        long logBytes();

        /** How much of one processor a sandbox may use and still count as idle; gVisor alone was measured to use 0.04. */
        @WithDefault("0.1")
        double restingShare();

        /** How long a stopping ateom waits for the control plane to take its actors away. */
        @WithDefault("10s")
        Duration drainLimit();
    }
}

package dev.dormouse.blackbox;

import static dev.dormouse.ateapi.Clients.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.ateapi.Clients;
import dev.dormouse.ateapi.v008.wire.MintJWTRequest;
import dev.dormouse.ateapi.v008.wire.SessionIdentityGrpc;
import dev.dormouse.identity.Published;
import dev.dormouse.platform.Code;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** An actor of the packaged server asks for a token where it runs, and anyone checks it. */
@EnabledOnOs(OS.LINUX)
class IdentityIT {

    private static final String URL = "ATE_METADATA_URL=";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path dataDir;

    private final String actor = "a" + UUID.randomUUID().toString().substring(0, 8);

    @Test
    void anActorProvesWhoItIs() throws Exception {
        try (ServerProcess server = ServerProcess.start(dataDir, "--demo", "target/demo", "--sandbox", "process")) {
            StandaloneIT.awaitReady(server);
            StandaloneIT.create(server, actor);
            server.call("POST", "/v1/atespaces/default/actors/%s:resume".formatted(actor), "{}");

            String token = new JsonObject(get(metadata() + "/v1/self/token?audience=vault", "Metadata-Flavor", "ate"))
                    .getString("token");

            JsonObject claims = published(server).claims(token);
            String discovered = server.get("/.well-known/openid-configuration").body();
            assertThat(claims.getString("iss")).isEqualTo(new JsonObject(discovered).getString("issuer"));
            assertThat(claims.getString("iss"))
                    .isEqualTo("http://localhost:" + server.api("/").getPort());
            assertThat(claims.getString("sub")).isEqualTo("spiffe://ate.local/atespace/default/actor/" + actor);
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(dataDir.resolve("identity-keys.json"))))
                    .isEqualTo("rw-------");

            onlyTheServersOwnAteomSpeaksForIt(server);

            server.stop();
            server.start();
            assertThat(published(server).claims(token)).as("with the same keys").isEqualTo(claims);
        }
    }

    private void onlyTheServersOwnAteomSpeaksForIt(ServerProcess server) throws IOException {
        MintJWTRequest request = MintJWTRequest.newBuilder()
                .addAudience("vault")
                .setSessionId(actor)
                .build();
        try (Clients clients = new Clients("localhost", server.api("/").getPort())) {
            refusal(Code.UNAUTHENTICATED, () -> mint(clients, request));
            String known = Files.readString(dataDir.resolve("ateom-token")).strip();
            assertThat(published(server)
                            .claims(mint(clients.calledWith(known), request))
                            .getJsonObject("ate.dev")
                            .getString("actor"))
                    .isEqualTo(actor);
        }
    }

    private static String mint(Clients caller, MintJWTRequest request) {
        return SessionIdentityGrpc.newBlockingStub(caller.watched())
                .mintJWT(request)
                .getSessionJwt();
    }

    private static Published published(ServerProcess server) {
        return new Published(server.get("/openid/v1/jwks").body());
    }

    /** Where the actor's processes are told to ask. */
    private String metadata() throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .flatMap(process -> url(process).stream())
                    .distinct()
                    .filter(this::isOfTheActor)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Optional<String> url(Path process) {
        try {
            return Arrays.stream(Files.readString(process.resolve("environ")).split("\0"))
                    .filter(variable -> variable.startsWith(URL))
                    .map(variable -> variable.substring(URL.length()))
                    .findFirst();
        } catch (IOException notOurs) {
            return Optional.empty();
        }
    }

    private boolean isOfTheActor(String url) {
        try {
            return actor.equals(new JsonObject(get(url + "/v1/self")).getString("id"));
        } catch (Exception gone) {
            return false;
        }
    }

    private static String get(String url, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10));
        return HttpClient.newHttpClient()
                .send(
                        headers.length == 0
                                ? request.build()
                                : request.headers(headers).build(),
                        BodyHandlers.ofString())
                .body();
    }
}

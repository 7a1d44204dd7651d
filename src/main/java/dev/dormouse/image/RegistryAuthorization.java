package dev.dormouse.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What one pull shows a registry. It is asked for and kept for one pull alone, so no tenant's token serves another. */
final class RegistryAuthorization {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TOKEN_LIMIT = 256 * 1024;
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

    private final RegistryHttp http;
    private final RegistryName name;
    private final @Nullable Credential credential;
    private @Nullable String header;

    RegistryAuthorization(RegistryHttp http, RegistryName name, @Nullable Credential credential) {
        this.http = http;
        this.name = name;
        this.credential = credential;
    }

    boolean hasCredential() {
        return credential != null;
    }

    /** Null until the registry asked for one. */
    @Nullable
    String header() {
        return header;
    }

    /** Gets what the registry asks for; false when there is nothing new to show. */
    boolean answer(@Nullable RegistryChallenge challenge) throws IOException {
        if (challenge == null) {
            return false;
        }
        String before = header;
        if (challenge.token()) {
            header = "Bearer " + token(challenge);
        } else if (credential != null) {
            header = credential.basic();
        }
        return header != null && !header.equals(before);
    }

    private String token(RegistryChallenge challenge) throws IOException {
        URI uri = tokenUri(challenge);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (credential != null) {
            request.header("Authorization", credential.basic());
        }
        HttpResponse<byte[]> answer =
                http.send(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), TOKEN_LIMIT), () -> 0);
        if (answer.statusCode() != 200) {
            throw RegistryFailure.of(name, "a token", answer, hasCredential(), false);
        }
        return token(answer.body());
    }

    private URI tokenUri(RegistryChallenge challenge) throws RegistryException {
        String realm = challenge.parameters().getOrDefault("realm", "");
        String scope = challenge.parameters().getOrDefault("scope", "repository:" + name.repository() + ":pull");
        String service = challenge.parameters().get("service");
        String query = "scope=" + encode(scope) + (service == null ? "" : "&service=" + encode(service));
        try {
            URI uri = URI.create(realm + (realm.contains("?") ? "&" : "?") + query);
            if (http.isAllowed(uri)) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // the same as a place that isn't allowed
        }
        throw RegistryException.lasting(
                "registry %s sends for a token to '%s', which is no https address and not in dormouse.images.plain-http"
                        .formatted(name.host(), realm),
                null);
    }

    private String token(byte[] body) throws RegistryException {
        String token = "";
        try {
            JsonNode document = JSON.readTree(body);
            token = document.path("token").asText(document.path("access_token").asText(""));
        } catch (IOException e) {
            // without the cause: it quotes what it read
        }
        if (!TOKEN.matcher(token).matches()) {
            throw RegistryException.lasting(
                    "the token service of registry %s gives no token".formatted(name.host()), null);
        }
        return token;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}

package dev.dormouse.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The credentials in a Docker configuration, by registry or by a prefix of its repositories; {@code *} stands for a part of a
 * host's name. Only those under {@code auths} count: helpers would be foreign programs.
 *
 * @param helped whether there are registries whose credentials only a helper or an identity token could give
 */
record DockerConfig(List<Entry> entries, boolean helped) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern SCHEME = Pattern.compile("^https?://");
    private static final Pattern API_VERSION = Pattern.compile("/(v[12]/?)?$");

    record Entry(String place, Pattern pattern, Credential credential) {}

    /** No error of it quotes what it read. */
    static DockerConfig parse(byte[] json) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            // without the cause: it quotes
            throw new IOException("it is no JSON (line " + e.getLocation().getLineNr() + ")");
        }
        boolean helped =
                root.hasNonNull("credsStore") || !root.path("credHelpers").isEmpty();
        List<Entry> entries = new ArrayList<>();
        for (var auth : root.path("auths").properties()) {
            Credential credential = credential(auth.getKey(), auth.getValue());
            if (credential == null) {
                helped |= auth.getValue().hasNonNull("identitytoken");
            } else {
                String place = place(auth.getKey());
                entries.add(new Entry(place, pattern(place), credential));
            }
        }
        entries.sort(
                Comparator.comparingInt((Entry entry) -> entry.place().length()).reversed());
        return new DockerConfig(List.copyOf(entries), helped);
    }

    /** The entry that says most of the repository's name; null when none fits. */
    @Nullable
    Credential find(RegistryName name) {
        return entries.stream()
                .filter(entry -> entry.pattern().matcher(name.toString()).lookingAt())
                .map(Entry::credential)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Credential credential(String registry, JsonNode auth) throws IOException {
        String user = auth.path("username").asText();
        String password = auth.path("password").asText();
        String both = auth.path("auth").asText();
        if (!both.isEmpty()) {
            String decoded = decode(registry, both);
            int colon = decoded.indexOf(':');
            user = decoded.substring(0, Math.max(colon, 0));
            password = decoded.substring(colon + 1);
        }
        return user.isEmpty() || password.isEmpty() ? null : new Credential(user, password);
    }

    private static String decode(String registry, String base64) throws IOException {
        try {
            return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IOException("its auth for " + registry + " is no base64");
        }
    }

    /** Keys are hosts, prefixes of names or, the oldest, URLs of an API. */
    private static String place(String key) {
        String name = API_VERSION.matcher(SCHEME.matcher(key).replaceFirst("")).replaceFirst("");
        int slash = name.indexOf('/');
        return slash < 0 ? RegistryName.hub(name) : RegistryName.hub(name.substring(0, slash)) + name.substring(slash);
    }

    private static Pattern pattern(String place) {
        return Pattern.compile(
                Stream.of(place.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining("[^./:]*"))
                        + "(?:/|$)");
    }

    @Override
    public String toString() {
        return "DockerConfig" + entries.stream().map(Entry::place).toList();
    }
}

package dev.dormouse.image;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dormouse.image.Images.ImageConfig;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the configuration of an image, and writes and reads what the cache notes about an unpacked one. */
@RegisterForReflection(targets = ImageDocuments.CacheEntry.class, registerFullHierarchy = true)
final class ImageDocuments {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private ImageDocuments() {}

    /** @param boot of the machine in which it was unpacked */
    record CacheEntry(String digest, String boot, ImageConfig config) {}

    /** The {@code config} part of an OCI image configuration; what is absent there is empty here. */
    static ImageConfig config(byte[] document) throws IOException {
        JsonNode config = JSON.readTree(document).path("config");
        Map<String, String> env = new LinkedHashMap<>();
        for (String variable : strings(config.path("Env"))) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                env.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return new ImageConfig(
                strings(config.path("Entrypoint")),
                strings(config.path("Cmd")),
                env,
                config.path("User").asText(""),
                config.path("WorkingDir").asText(""));
    }

    static byte[] write(CacheEntry entry) throws IOException {
        return JSON.writeValueAsBytes(entry);
    }

    static CacheEntry read(byte[] document) throws IOException {
        return JSON.readValue(document, CacheEntry.class);
    }

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        array.forEach(each -> strings.add(each.asText()));
        return strings;
    }
}

package dev.dormouse.sandboxconfig;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** @param assets architecture to asset name to where it is */
public record SandboxConfigSpec(
        @Nullable String sandboxClass,
        @JsonProperty("default") boolean isDefault,
        Map<String, Map<String, Asset>> assets) {

    public record Asset(String url, String sha256) {}
}

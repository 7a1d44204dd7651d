package dev.dormouse.sandboxconfig;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * @param sandboxClass null means gvisor
 * @param isDefault whether pools of this class use it when they name none; one default per class
 * @param assets architecture to asset name to where it is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SandboxConfigSpec(
        @PrinterColumn(name = "Class") @Default("gvisor") @Nullable
        SandboxClass sandboxClass,

        @JsonProperty("default") @PrinterColumn(name = "Default") @Nullable
        Boolean isDefault,

        @Nullable Map<String, Map<String, Asset>> assets) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Asset(
            @Required @Size(min = 1) String url,
            @Required @Pattern("^[a-f0-9]{64}$") String sha256) {}

    /** The class, default applied. */
    public SandboxClass effectiveSandboxClass() {
        return SandboxClass.orDefault(sandboxClass);
    }

    /** Whether pools of its class that name no config use it. */
    public boolean servesAsDefault() {
        return Boolean.TRUE.equals(isDefault);
    }
}

package dev.dormouse.sandboxconfig;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * @param sandboxClass null means gvisor
 * @param isDefault whether pools of this class use it when they name none; one default per class
 * @param assets architecture to asset name to where it is; without a limit the rules about it cost an API server too much
 */
@ValidationRule(
        value = "self.sandboxClass != 'gvisor' || !has(self.assets)"
                + " || self.assets.all(arch, 'runsc' in self.assets[arch])",
        fieldPath = ".assets",
        message = SandboxConfigRules.GVISOR_ASSETS)
@ValidationRule(
        value = "self.sandboxClass != 'microvm' || !has(self.assets) || self.assets.all(arch,"
                + " ['cloud-hypervisor', 'virtiofsd', 'kata-kernel', 'kata-image', 'kata-config']"
                + ".all(name, name in self.assets[arch]))",
        fieldPath = ".assets",
        message = SandboxConfigRules.MICROVM_ASSETS)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SandboxConfigSpec(
        @Default("gvisor") @Nullable SandboxClass sandboxClass,

        @JsonProperty("default") @Nullable Boolean isDefault,

        @Size(max = 16) @Nullable Map<String, Map<String, Asset>> assets) {

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

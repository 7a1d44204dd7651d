package dev.dormouse.template;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.dormouse.policy.Cidr;
import dev.dormouse.policy.EgressPolicy;
import dev.dormouse.policy.EgressRule;
import dev.dormouse.policy.HostPattern;
import dev.dormouse.policy.Port;
import dev.dormouse.policy.Port.Protocol;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What actors of a template may do. What is absent is not restricted. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PolicySpec(@Nullable Egress egress, @Nullable Self self) {

    /** @param standard what happens to connections that no rule speaks of; null means Deny */
    @ValidationRule(value = "self.default != 'Allow' || !has(self.allow)", message = PolicyRules.NOTHING_TO_ALLOW)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Egress(
            @JsonProperty("default") @Default("Deny") @Nullable
            Verdict standard,

            @Size(max = PolicyRules.RULES) @Nullable List<Rule> allow) {

        Egress withDefaults() {
            return new Egress(
                    standard == null ? Verdict.DENY : standard,
                    list(allow).stream().map(Rule::withDefaults).toList());
        }

        /** @throws IllegalArgumentException when it breaks a rule of {@link PolicyRules} */
        public EgressPolicy checked() {
            return new EgressPolicy(
                    standard == Verdict.ALLOW,
                    list(allow).stream().map(Rule::checked).toList());
        }
    }

    /** As manifests write it. */
    public enum Verdict {
        @JsonProperty("Allow")
        ALLOW,
        @JsonProperty("Deny")
        DENY
    }

    /** @param ports null means all */
    @ValidationRule(value = "has(self.hosts) || has(self.cidrs)", message = PolicyRules.NO_DESTINATION)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Rule(
            @Size(max = PolicyRules.DESTINATIONS) @Nullable
            List<@Size(max = HostPattern.MAX_LENGTH) @Pattern(HostPattern.PATTERN) String> hosts,

            @Size(max = PolicyRules.DESTINATIONS) @Nullable
            List<@Size(max = Cidr.MAX_LENGTH) @Pattern(Cidr.PATTERN) String> cidrs,

            @Size(max = PolicyRules.DESTINATIONS) @Nullable List<Destination> ports) {

        Rule withDefaults() {
            return new Rule(
                    list(hosts),
                    list(cidrs),
                    list(ports).stream().map(Destination::withDefaults).toList());
        }

        EgressRule checked() {
            return new EgressRule(
                    list(hosts).stream().map(HostPattern::new).toList(),
                    list(cidrs).stream().map(Cidr::parse).toList(),
                    list(ports).stream().map(Destination::checked).toList());
        }
    }

    /** @param protocol null means TCP */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Destination(
            @Required @Min(1) @Max(65535) Integer port,
            @Default("TCP") @Nullable Transport protocol) {

        Destination withDefaults() {
            return new Destination(port, protocol == null ? Transport.TCP : protocol);
        }

        Port checked() {
            return new Port(port, protocol == Transport.UDP ? Protocol.UDP : Protocol.TCP);
        }
    }

    /** A {@link Protocol} as manifests write it. */
    public enum Transport {
        @JsonProperty("TCP")
        TCP,
        @JsonProperty("UDP")
        UDP
    }

    /**
     * What an actor may ask of its metadata service.
     *
     * @param suspend to be put to sleep; null means true
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Self(@Nullable Boolean suspend) {

        Self withDefaults() {
            return new Self(maySuspend());
        }

        /** Whether the actor may put itself to sleep, default applied. */
        public boolean maySuspend() {
            return !Boolean.FALSE.equals(suspend);
        }
    }

    PolicySpec withDefaults() {
        return new PolicySpec(egress == null ? null : egress.withDefaults(), self == null ? null : self.withDefaults());
    }

    private static <T> List<T> list(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}

package dev.dormouse.template;

import dev.dormouse.platform.FieldCheck;
import dev.dormouse.policy.Cidr;
import dev.dormouse.policy.HostPattern;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of a template's policy, with the words of its CRD. */
final class PolicyRules {

    static final int RULES = 32;
    static final int DESTINATIONS = 64;
    static final String NOTHING_TO_ALLOW = "Rules need the default Deny: Allow leaves nothing to allow";
    static final String NO_DESTINATION = "A rule needs hosts or cidrs";

    private static final Pattern HOST = Pattern.compile(HostPattern.PATTERN);
    private static final Pattern CIDR = Pattern.compile(Cidr.PATTERN);

    private PolicyRules() {}

    static void check(FieldCheck check, @Nullable PolicySpec policy) {
        if (policy != null && policy.egress() != null) {
            egress(check.field("egress"), policy.egress());
        }
    }

    private static void egress(FieldCheck check, PolicySpec.Egress egress) {
        if (egress.standard() == PolicySpec.Verdict.ALLOW && egress.allow() != null) {
            check.refuse(NOTHING_TO_ALLOW);
        }
        check.field("allow").items(egress.allow(), RULES, PolicyRules::rule);
    }

    private static void rule(FieldCheck check, PolicySpec.Rule rule) {
        if (!check.required(rule)) {
            return;
        }
        if (rule.hosts() == null && rule.cidrs() == null) {
            check.refuse(NO_DESTINATION);
        }
        check.field("hosts")
                .items(
                        rule.hosts(),
                        DESTINATIONS,
                        (host, text) -> text(
                                host,
                                text,
                                HostPattern.MAX_LENGTH,
                                HOST,
                                "Must be a host name such as example.com or *.example.com, in lower case"));
        check.field("cidrs")
                .items(
                        rule.cidrs(),
                        DESTINATIONS,
                        (cidr, text) -> text(
                                cidr,
                                text,
                                Cidr.MAX_LENGTH,
                                CIDR,
                                "Must be a range of addresses such as 10.0.0.0/8 or 2001:db8::/32, in lower case"));
        check.field("ports").items(rule.ports(), DESTINATIONS, (port, each) -> {
            if (port.required(each) && port.field("port").required(each.port())) {
                port.field("port").range(each.port(), 1, 65535);
            }
        });
    }

    private static void text(FieldCheck check, String value, int maxLength, Pattern pattern, String message) {
        // a list may hold nothing at a place
        check.required(value);
        check.matches(value, maxLength, pattern, message);
    }
}

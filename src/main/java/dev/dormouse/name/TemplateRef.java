package dev.dormouse.name;

/**
 * Names an ActorTemplate.
 *
 * @param namespace a DNS label
 * @param name a DNS subdomain of at most 253 characters
 */
public record TemplateRef(String namespace, String name) {

    /** @throws InvalidNameException when either is anything else */
    public TemplateRef {
        DnsLabel.require("template namespace", namespace);
        DnsLabel.requireSubdomain("template name", name);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}

package dev.dormouse.name;

/**
 * Names a WorkerPool.
 *
 * @param namespace a DNS label
 * @param name a DNS subdomain of at most 253 characters
 */
public record PoolRef(String namespace, String name) {

    /** @throws InvalidNameException when either is anything else */
    public PoolRef {
        DnsLabel.require("pool namespace", namespace);
        DnsLabel.requireSubdomain("pool name", name);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}

package dev.dormouse.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot says of itself; written last, so that a snapshot with a manifest is whole. Stored as {@code manifest.json}.
 *
 * @param format of this record; readers refuse a newer one
 * @param parent id of the snapshot it descends from, null for the first
 * @param images container name to image digest
 */
public record Manifest(
        int format,
        String id,
        String atespace,
        String actor,
        String template,
        long generation,
        @Nullable String parent,
        Scope scope,
        String sandboxClass,
        SandboxBuild sandboxBuild,
        Cpu cpu,
        Map<String, String> images,
        List<File> files,
        Instant createdAt) {

    /** The format this code writes. */
    public static final int FORMAT = 1;

    public record SandboxBuild(String version, String sha256, String platform, List<String> flags) {}

    /** @param features digest over the CPU features that restored code could depend on */
    public record Cpu(String arch, String features) {}

    /**
     * One data file.
     *
     * @param name relative, of safe characters and '/', without '..'
     * @param size of the stored file in bytes
     * @param sha256 of the stored file, lower case hex
     * @param encoding {@code identity}
     */
    public record File(String name, long size, String sha256, String encoding) {}
}

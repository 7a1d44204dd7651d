package dev.dormouse.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
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

    /** Where a snapshot keeps it. */
    public static final String FILE_NAME = "manifest.json";

    /** The format this code writes. */
    public static final int FORMAT = 1;

    /** The same snapshot with its data files. */
    Manifest withFiles(List<File> stored) {
        return new Manifest(
                format,
                id,
                atespace,
                actor,
                template,
                generation,
                parent,
                scope,
                sandboxClass,
                sandboxBuild,
                cpu,
                images,
                stored,
                createdAt);
    }

    /** The sum of its data files in bytes. */
    public long sizeBytes() {
        return files.stream().mapToLong(File::size).sum();
    }

    public record SandboxBuild(String version, String sha256, String platform, List<String> flags) {}

    /** @param features digest over the CPU features that restored code could depend on */
    public record Cpu(String arch, String features) {}

    /**
     * One data file. Only a name that this record accepted may become a path.
     *
     * @param name relative, of {@code [A-Za-z0-9._-]} and '/', without '.' and '..' as a part
     * @param size of the file in bytes, as it is before encoding and after decoding
     * @param sha256 of the same bytes, lower case hex
     * @param encoding {@link #IDENTITY} where the store holds the very bytes, {@link #ZSTD} where it holds them compressed
     */
    public record File(String name, long size, String sha256, String encoding) {

        public static final String IDENTITY = "identity";
        public static final String ZSTD = "zstd";

        private static final int NAME_LENGTH = 1024;
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,255}(/[A-Za-z0-9._-]{1,255})*");
        private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

        /**
         * @throws IllegalArgumentException when a part is not what it must be
         */
        public File {
            if (name.length() > NAME_LENGTH
                    || !NAME.matcher(name).matches()
                    || List.of(name.split("/")).stream().anyMatch(part -> part.equals(".") || part.equals(".."))
                    || name.equals(FILE_NAME)) {
                throw new IllegalArgumentException("a data file of a snapshot can't have the name it has");
            }
            if (size < 0 || !SHA256.matcher(sha256).matches()) {
                throw new IllegalArgumentException("data file " + name + " of a snapshot has no valid size or sha256");
            }
        }

        SnapshotException unknownEncoding(String uri) {
            return new SnapshotException(
                    SnapshotException.Kind.INCOMPATIBLE,
                    "file %s of snapshot %s is stored as '%s', which this store can't read"
                            .formatted(name, uri, encoding),
                    null);
        }
    }
}

package dev.dormouse.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Manifests for tests. */
final class TestManifest {

    static final String BUILD = "b".repeat(64);

    private TestManifest() {}

    static Manifest of(UUID id, List<Manifest.File> files) {
        return new Manifest(
                Manifest.FORMAT,
                id.toString(),
                "default",
                "counter",
                "demo/counter",
                7,
                null,
                Scope.FULL,
                "gvisor",
                new Manifest.SandboxBuild("runsc release-1", BUILD, "systrap", List.of("--network=sandbox")),
                new Manifest.Cpu("amd64", "f".repeat(64)),
                Map.of("main", "sha256:" + "1".repeat(64)),
                files,
                Instant.parse("2026-01-02T03:04:05.678Z"));
    }
}

package dev.dormouse.sandbox.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxRuntime.Bundle;
import dev.dormouse.sandbox.SandboxRuntime.ContainerSpec;
import dev.dormouse.sandbox.SandboxRuntime.Running;
import dev.dormouse.sandbox.SandboxRuntime.Slot;
import dev.dormouse.sandbox.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A real runtime with directories and bundles for tests. */
final class GvisorFixture implements AutoCloseable {

    static final int ACTOR_PORT = 80;

    // a runtime never forgets an id: they must differ between test runs, too
    private static final AtomicInteger IDS = new AtomicInteger();
    private static final String RUN = Long.toString(System.nanoTime(), 36);

    final Path directory;
    final Path rootfs;
    final GvisorRuntime runtime;

    GvisorFixture(Path directory) throws Exception {
        this(directory, GvisorRuntime.findRunsc().orElseThrow());
    }

    GvisorFixture(Path directory, Path runsc) throws Exception {
        this(directory, runsc, null);
    }

    /** @param address as in {@link GvisorSettings} */
    GvisorFixture(Path directory, Path runsc, String address) throws Exception {
        assertThat(GvisorRuntime.missing(runsc)).as("what this machine lacks").isEmpty();
        this.directory = directory;
        this.rootfs = TestServer.rootfs(directory.resolve("rootfs"));
        this.runtime = GvisorRuntime.open(new GvisorSettings(runsc, directory.resolve("work"), address));
    }

    static GvisorRuntime open(Path work) throws SandboxException {
        return GvisorRuntime.open(new GvisorSettings(GvisorRuntime.findRunsc().orElseThrow(), work, null));
    }

    static String newId() {
        return "t-%s-%d".formatted(RUN, IDS.incrementAndGet());
    }

    Path newDirectory(String what) throws IOException {
        return Files.createDirectories(directory.resolve(what + "-" + newId()));
    }

    Path newImage() {
        return directory.resolve("image-" + newId());
    }

    ContainerSpec server() {
        return server("main", "/server", "80");
    }

    Bundle bundle(ContainerSpec... containers) throws IOException {
        return new Bundle(newId(), List.of(containers), newDirectory("identity"), List.of(ACTOR_PORT), 0, null);
    }

    /** The server with another command line. */
    ContainerSpec server(String name, String... args) {
        return new ContainerSpec(name, rootfs, List.of(args), Map.of(), "/", 0, 0, List.of(), List.of(), null);
    }

    Running boot(Slot slot) throws Exception {
        return slot.prepare(bundle(server())).boot();
    }

    Running restore(Slot slot, Path image) throws Exception {
        return slot.prepare(bundle(server())).restore(image);
    }

    static String get(Slot slot, Running running, String path) throws SandboxException {
        return TestServer.get(slot.ip(), running.openPort(ACTOR_PORT), path);
    }

    @Override
    public void close() {
        runtime.close();
    }
}

package dev.dormouse.demo.build;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The demo actor as an image: its own small Java runtime, and of the machine only the C library. */
final class DemoImage {

    private static final String HOME = "opt/java";

    private static final List<String> ENTRYPOINT = List.of(
            "/" + HOME + "/bin/java",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            // memory that was never touched isn't part of a snapshot
            "-Xmx16m",
            "-Xmn1m",
            // else every page of the shared classes is patched at the start, and so becomes part of each snapshot
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:ArchiveRelocationMode=0",
            "-m",
            JavaRuntime.MODULE + "/dev.dormouse.demo.CounterActor");

    private DemoImage() {}

    /**
     * Writes the image; the same sources and JDK give the same digest.
     *
     * @param work an empty directory for what is made on the way
     * @return the manifest's digest
     */
    static String write(Path demo, Path work, Path layout) throws IOException, InterruptedException {
        JavaRuntime runtime = JavaRuntime.link(demo, work);
        RootFiles java = new RootFiles().copyTree(runtime.directory(), HOME).directory("tmp", 01777);
        return new LayoutWriter(layout)
                .layer(SharedLibraries.of(runtime.directory()))
                .layer(java)
                .finish(
                        LayoutWriter.thisArchitecture(),
                        Map.of("Entrypoint", ENTRYPOINT, "Env", List.of("PORT=80"), "WorkingDir", "/"));
    }
}

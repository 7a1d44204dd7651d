package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Another ateom of the node, as far as the kernel sees one: a process that holds locks until it is killed. */
record OtherProcess(Process process) implements AutoCloseable {

    static OtherProcess usingCache(Path file, String entry) throws IOException {
        return start("cache", file.toString(), entry);
    }

    static OtherProcess lockingNode(Path directory) throws IOException {
        return start("node", directory.toString());
    }

    private static OtherProcess start(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName()));
        command.addAll(Arrays.asList(args));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.getInputStream().read()).isEqualTo('+');
        return new OtherProcess(process);
    }

    public static void main(String... args) throws Exception {
        Path where = Path.of(args[1]);
        switch (args[0]) {
            case "cache" -> new CacheUse(where).begin(args[2]);
            case "node" -> NodeLock.acquire(where);
            default -> throw new IllegalArgumentException(args[0]);
        }
        System.out.print('+');
        System.out.flush();
        while (System.in.read() >= 0) {
            // until it is killed, or its parent has died
        }
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}

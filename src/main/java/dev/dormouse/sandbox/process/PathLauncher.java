package dev.dormouse.sandbox.process;

import dev.dormouse.sandbox.SandboxRuntime.BindMount;
import dev.dormouse.sandbox.SandboxRuntime.ContainerSpec;
import dev.dormouse.sandbox.host.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a program of an image by its path on this machine. Arguments and environment that name a file of the image, a mount or the
 * identity directory are translated; the working directory is a fresh one, so that relative writes don't change the image.
 */
record PathLauncher() implements Launcher {

    @Override
    public ProcessBuilder build(ContainerSpec container, Path directory, Path identityDir, Map<String, String> env)
            throws IOException {
        Map<String, Path> places = new LinkedHashMap<>();
        places.put("/run/ate", identityDir);
        for (BindMount mount : container.mounts()) {
            places.put(mount.destination(), mount.source());
        }
        List<String> command = container.args().stream()
                .map(argument -> translate(argument, places, container.rootfs()))
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Files.createDirectories(directory.resolve("cwd")).toFile());
        builder.environment().clear();
        builder.environment().put("PATH", Tools.path());
        env.forEach((name, value) -> builder.environment().put(name, translate(value, places, container.rootfs())));
        return builder;
    }

    private static String translate(String text, Map<String, Path> places, Path rootfs) {
        if (!text.startsWith("/")) {
            return text;
        }
        for (Map.Entry<String, Path> place : places.entrySet()) {
            if (text.equals(place.getKey()) || text.startsWith(place.getKey() + "/")) {
                return place.getValue() + text.substring(place.getKey().length());
            }
        }
        Path inImage = rootfs.resolve(text.substring(1)).normalize();
        return inImage.startsWith(rootfs) && Files.exists(inImage) ? inImage.toString() : text;
    }
}

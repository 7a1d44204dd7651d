package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.Container;
import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.image.Images.ImageConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What to run in a container: the template's words over the image's, by the rules of Kubernetes.
 *
 * @param env may hold secrets: never log
 */
record Launch(List<String> args, Map<String, String> env, String cwd) {

    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    static Launch of(Container container, ImageConfig image) throws CommandFailure {
        List<String> args = args(container, image);
        if (args.isEmpty()) {
            throw new CommandFailure(
                    Failure.Reason.IMAGE,
                    "image %s of container %s names no command: set command in the template"
                            .formatted(container.getImage(), container.getName()));
        }
        return new Launch(args, env(container, image), cwd(container, image));
    }

    private static List<String> args(Container container, ImageConfig image) {
        if (container.getCommandCount() > 0) {
            // a command of the template drops the image's CMD too
            return concat(container.getCommandList(), container.getArgsList());
        }
        return concat(image.entrypoint(), container.getArgsCount() > 0 ? container.getArgsList() : image.cmd());
    }

    private static Map<String, String> env(Container container, ImageConfig image) {
        Map<String, String> env = new LinkedHashMap<>();
        env.put("PATH", DEFAULT_PATH);
        env.putAll(image.env());
        env.putAll(container.getEnvMap());
        return env;
    }

    private static String cwd(Container container, ImageConfig image) {
        if (!container.getWorkingDir().isEmpty()) {
            return container.getWorkingDir();
        }
        return image.workingDir().isEmpty() ? "/" : image.workingDir();
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    @Override
    public String toString() {
        return "Launch" + args;
    }
}

package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.ateom.wire.Container;
import dev.dormouse.image.Images.ImageConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LaunchTest {

    private static final ImageConfig IMAGE = new ImageConfig(
            List.of("/entry"), List.of("--cmd"), Map.of("PATH", "/opt/bin", "MODE", "image"), "", "/srv");

    private static List<String> args(Container.Builder container) throws CommandFailure {
        return Launch.of(container.setName("main").build(), IMAGE).args();
    }

    @Test
    void withoutWordsOfTheTemplateTheImageDecides() throws CommandFailure {
        assertThat(args(Container.newBuilder())).containsExactly("/entry", "--cmd");
    }

    @Test
    void aCommandReplacesEntrypointAndCmd() throws CommandFailure {
        assertThat(args(Container.newBuilder().addCommand("/other"))).containsExactly("/other");
    }

    @Test
    void argsReplaceCmdOnly() throws CommandFailure {
        assertThat(args(Container.newBuilder().addArgs("--mine"))).containsExactly("/entry", "--mine");
    }

    @Test
    void commandAndArgsReplaceBoth() throws CommandFailure {
        assertThat(args(Container.newBuilder().addCommand("/other").addArgs("--mine")))
                .containsExactly("/other", "--mine");
    }

    @Test
    void theTemplatesEnvironmentGoesOverTheImages() throws CommandFailure {
        Container container = Container.newBuilder()
                .setName("main")
                .putEnv("MODE", "template")
                .putEnv("MORE", "1")
                .build();

        Launch launch = Launch.of(container, IMAGE);

        assertThat(launch.env())
                .containsOnly(Map.entry("PATH", "/opt/bin"), Map.entry("MODE", "template"), Map.entry("MORE", "1"));
        assertThat(launch.cwd()).isEqualTo("/srv");
        assertThat(launch.toString()).doesNotContain("template");
    }

    @Test
    void anImageThatNamesNothingToRunIsRefused() {
        ImageConfig empty = new ImageConfig(List.of(), List.of(), Map.of(), "", "");

        assertThatThrownBy(
                        () -> Launch.of(Container.newBuilder().setName("main").build(), empty))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("set command");
    }
}

package dev.dormouse.sandboxconfig;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResolutionTest {

    private static final SandboxConfig GVISOR = config("gvisor", SandboxClass.GVISOR, true);
    private static final SandboxConfig OTHER = config("other", SandboxClass.GVISOR, true);
    private static final SandboxConfig PINNED = config("pinned", SandboxClass.GVISOR, false);
    private static final SandboxConfig MICROVM = config("microvm", SandboxClass.MICROVM, true);

    private static SandboxConfig config(String name, SandboxClass sandboxClass, boolean isDefault) {
        SandboxConfig config = new SandboxConfig();
        config.setMetadata(new ObjectMetaBuilder().withName(name).build());
        config.setSpec(new SandboxConfigSpec(sandboxClass, isDefault, null));
        return config;
    }

    private static Resolution of(String name, SandboxConfig... declared) {
        return Resolution.of(SandboxClass.GVISOR, name, List.of(declared));
    }

    @Test
    void withoutANameTheDefaultOfTheClassServes() {
        assertThat(of(null, MICROVM, PINNED, GVISOR)).isEqualTo(new Resolution.Found(GVISOR));
    }

    @Test
    void aNameGoesBeforeTheDefault() {
        assertThat(of("pinned", GVISOR, PINNED)).isEqualTo(new Resolution.Found(PINNED));
    }

    @Test
    void withoutADefaultTheImageServes() {
        assertThat(of(null, MICROVM, PINNED)).isEqualTo(new Resolution.None());
    }

    @Test
    void ofTwoDefaultsNoneServes() {
        assertThat(of(null, OTHER, GVISOR))
                .isEqualTo(
                        new Resolution.Refused(
                                "SandboxDefaultConflict",
                                "SandboxConfigs gvisor, other are all the default of class gvisor; leave one, or name one in the pool"));
    }

    @Test
    void aNameThatNobodyHasServesNone() {
        assertThat(of("pined", PINNED, GVISOR))
                .isEqualTo(new Resolution.Refused(
                        "SandboxConfigNotFound", "There is no SandboxConfig pined; create it, or name another"));
    }

    @Test
    void aNameOfAnotherClassServesNone() {
        assertThat(of("microvm", MICROVM, GVISOR))
                .isEqualTo(
                        new Resolution.Refused(
                                "SandboxClassMismatch",
                                "SandboxConfig microvm is of class microvm, the pool of class gvisor; name one of the pool's class"));
    }
}

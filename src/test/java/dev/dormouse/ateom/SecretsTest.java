package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.ateom.wire.Container;
import dev.dormouse.ateom.wire.Workload;
import org.junit.jupiter.api.Test;

class SecretsTest {

    private static Secrets of(String value) {
        return Secrets.of(Workload.newBuilder()
                .addContainers(Container.newBuilder()
                        .putEnv("TOKEN", value)
                        .putEnv("PORT", "8080")
                        .addSecretEnv("TOKEN"))
                .build());
    }

    @Test
    void onlyValuesOfSecretsAreMasked() {
        assertThat(of("s3cret").mask("token s3cret at port 8080, again: s3cret"))
                .isEqualTo("token *** at port 8080, again: ***");
    }

    @Test
    void aLineOfALongSecretIsMaskedByItself() {
        assertThat(of("-----BEGIN-----\nabcdef\n").mask("read abcdef")).isEqualTo("read ***");
    }

    @Test
    void aSecretWithinAnotherLeavesNothingOfEither() {
        Secrets secrets = Secrets.of(Workload.newBuilder()
                .addContainers(Container.newBuilder()
                        .putEnv("USER", "anna")
                        .putEnv("PASSWORD", "anna-1234")
                        .addSecretEnv("USER")
                        .addSecretEnv("PASSWORD"))
                .build());

        assertThat(secrets.mask("login anna with anna-1234")).isEqualTo("login *** with ***");
    }

    @Test
    void anEmptySecretMasksNothing() {
        assertThat(of("").mask("as it was")).isEqualTo("as it was");
    }
}

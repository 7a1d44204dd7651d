package dev.dormouse.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.name.ActorKey;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActorHostsTest {

    private static final String DOMAIN = "actors.resources.substrate.ate.dev";

    private final ActorHosts hosts = new ActorHosts(DOMAIN);

    @Test
    void idAndAtespaceAreTheFirstTwoLabels() {
        assertThat(hosts.parse("my-counter.team-a." + DOMAIN))
                .isEqualTo(new ActorAddress(ActorKey.of("team-a", "my-counter"), 80));
    }

    @Test
    void withoutAnAtespaceItIsTheDefaultOne() {
        assertThat(hosts.parse("my-counter." + DOMAIN))
                .isEqualTo(new ActorAddress(ActorKey.of("default", "my-counter"), 80));
    }

    @Test
    void thePortIsTheActors() {
        assertThat(hosts.parse("a.b." + DOMAIN + ":8123")).isEqualTo(new ActorAddress(ActorKey.of("b", "a"), 8123));
    }

    @Test
    void caseAndATrailingDotMakeNoDifference() {
        assertThat(hosts.parse("A.B.Actors.RESOURCES.substrate.ate.dev.:81"))
                .isEqualTo(new ActorAddress(ActorKey.of("b", "a"), 81));
    }

    @Test
    void anEmptyPortIsTheDefaultOne() {
        assertThat(hosts.parse("a." + DOMAIN + ":")).isEqualTo(new ActorAddress(ActorKey.of("default", "a"), 80));
    }

    @Test
    void noHostIsNoActor() {
        assertThat(hosts.parse(null)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                ":",
                "localhost",
                "localhost:8000",
                "127.0.0.1",
                "[::1]:8000",
                DOMAIN,
                "." + DOMAIN,
                "x" + DOMAIN,
                "a.b.c." + DOMAIN,
                "a.." + DOMAIN,
                ".a." + DOMAIN,
                "-a." + DOMAIN,
                "a_b." + DOMAIN,
                "../etc." + DOMAIN,
                "a%2eb." + DOMAIN,
                "user@a." + DOMAIN,
                "a." + DOMAIN + "..",
                "a." + DOMAIN + ".evil.org",
                "a." + DOMAIN + ":0",
                "a." + DOMAIN + ":65536",
                "a." + DOMAIN + ":99999999999",
                "a." + DOMAIN + ":-1",
                "a." + DOMAIN + ":+80",
                "a." + DOMAIN + ":8o",
                "a." + DOMAIN + ":80:80",
                "a." + DOMAIN + ":٨٠",
            })
    void anythingElseNamesNoActor(String host) {
        assertThat(hosts.parse(host)).isNull();
    }

    @Test
    void aLabelOfMoreThan63CharactersNamesNoActor() {
        assertThat(hosts.parse("a".repeat(63) + "." + DOMAIN)).isNotNull();
        assertThat(hosts.parse("a".repeat(64) + "." + DOMAIN)).isNull();
    }

    @Property
    void whatIsWrittenIsRead(
            @ForAll("labels") String id,
            @ForAll("labels") String atespace,
            @ForAll @IntRange(min = 1, max = 65535) int port,
            @ForAll boolean shout,
            @ForAll boolean dot) {
        String host = id + "." + atespace + "." + DOMAIN + (dot ? "." : "") + ":" + port;

        ActorAddress address = hosts.parse(shout ? host.toUpperCase(Locale.ROOT) : host);

        assertThat(address).isEqualTo(new ActorAddress(ActorKey.of(atespace, id), port));
    }

    @Property
    void whateverIsReadMeansWhatItSays(@ForAll("hosts") String host) {
        ActorAddress address = hosts.parse(host);

        if (address != null) {
            String id = address.key().id().value();
            String atespace = address.key().atespace().value();
            String name = host.toLowerCase(Locale.ROOT);
            assertThat(name.startsWith(id + "." + atespace + "." + DOMAIN)
                            || (atespace.equals("default") && name.startsWith(id + "." + DOMAIN)))
                    .isTrue();
            assertThat(address.port()).isBetween(1, 65535);
        }
    }

    @Provide
    Arbitrary<String> labels() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .numeric()
                .ofMinLength(1)
                .ofMaxLength(63);
    }

    @Provide
    Arbitrary<String> hosts() {
        Arbitrary<String> noise =
                Arbitraries.strings().withChars(".:-_/%@[]aAzZ09 \t\r\n\u0000é").ofMaxLength(20);
        Arbitrary<String> tail = Arbitraries.of(DOMAIN, DOMAIN.toUpperCase(Locale.ROOT), "x" + DOMAIN, "", "localhost");
        Arbitrary<String> before = Arbitraries.oneOf(noise, labels().map(l -> l + "."));
        return net.jqwik.api.Combinators.combine(before, before, tail, noise).as((a, b, t, n) -> a + b + t + n);
    }
}

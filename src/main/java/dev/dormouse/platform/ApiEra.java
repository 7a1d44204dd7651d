package dev.dormouse.platform;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.spi.Converter;

/** The versions of agent-substrate whose gRPC clients can be answered; written as their versions are. */
public enum ApiEra {
    /** Actors have an id and no atespace. */
    V0_0_6("v0.0.6"),
    /** Actors live in atespaces; answers wrap what they are about. */
    V0_0_8("v0.0.8"),
    /** Resources have metadata, and are answers themselves. */
    V0_0_9("v0.0.9");

    private final String version;

    ApiEra(String version) {
        this.version = version;
    }

    @Override
    public String toString() {
        return version;
    }

    /** Reads the setting. */
    public static final class FromVersion implements Converter<ApiEra> {

        @Override
        public ApiEra convert(String value) {
            return Arrays.stream(values())
                    .filter(era -> era.version.equals(value.strip()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("%s is none of %s"
                            .formatted(
                                    value,
                                    Arrays.stream(values())
                                            .map(ApiEra::toString)
                                            .collect(Collectors.joining(", ")))));
        }
    }
}

package dev.dormouse.access;

import dev.dormouse.platform.DormouseConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;

/** The settings of a server of which some are given. */
public final class TestSettings {

    private TestSettings() {}

    public static DormouseConfig of(Map<String, String> given) {
        Map<String, String> values = new HashMap<>(given);
        values.put("dormouse.data-dir", "/nowhere");
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withMapping(DormouseConfig.class)
                .withSources(new PropertiesConfigSource(values, "test", 500))
                .build()
                .getConfigMapping(DormouseConfig.class);
    }
}

package dev.dormouse.image;

import java.net.http.HttpHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a registry wants to be shown who asks.
 *
 * @param parameters realm, service and scope of a token; none for a user's name and password
 */
record RegistryChallenge(boolean token, Map<String, String> parameters) {

    private static final Pattern BEARER = Pattern.compile("(?i)\\bBearer\\s+");
    private static final Pattern BASIC = Pattern.compile("(?i)\\bBasic\\b");
    private static final Pattern PARAMETER = Pattern.compile("([A-Za-z_]+)\\s*=\\s*(?:\"([^\"]*)\"|([^\\s,\"]+))");

    /** Tokens go first: they are good for less. Null when there is nothing known among the challenges. */
    static @Nullable RegistryChallenge of(HttpHeaders headers) {
        List<String> challenges = headers.allValues("WWW-Authenticate");
        for (String challenge : challenges) {
            Matcher bearer = BEARER.matcher(challenge);
            if (bearer.find()) {
                return new RegistryChallenge(true, parameters(challenge.substring(bearer.end())));
            }
        }
        boolean basic = challenges.stream()
                .anyMatch(challenge -> BASIC.matcher(challenge).find());
        return basic ? new RegistryChallenge(false, Map.of()) : null;
    }

    private static Map<String, String> parameters(String text) {
        Map<String, String> parameters = new HashMap<>();
        Matcher parameter = PARAMETER.matcher(text);
        while (parameter.find()) {
            String value = parameter.group(2) != null ? parameter.group(2) : parameter.group(3);
            parameters.putIfAbsent(parameter.group(1).toLowerCase(Locale.ROOT), value);
        }
        return parameters;
    }
}

package dev.dormouse.access;

import dev.dormouse.platform.LogFields;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A line for each call that changes something, or was to: who, what, where, and how it ended. No token and no body is in it. */
@ApplicationScoped
class Audit {

    static final String DONE = "OK";
    private static final Logger LOG = Logger.getLogger("dormouse.audit");
    private static final String UNKNOWN = "unknown";

    /** @param result {@link #DONE} or the name of a {@link dev.dormouse.platform.Code} */
    void ended(Passage passage, String result) {
        Permission permission = passage.permission();
        if (!permission.verb().changes()) {
            return;
        }
        Map<String, String> fields = fields(passage, result);
        String object = permission.name().isEmpty() ? "" : " " + fields.get("name");
        LogFields.of(fields)
                .log(() -> LOG.infof("%s: %s%s: %s", fields.get("user"), Printable.of(permission), object, result));
    }

    private static Map<String, String> fields(Passage passage, String result) {
        Permission permission = passage.permission();
        Map<String, String> fields = new HashMap<>(who(passage.caller()));
        fields.put("verb", permission.verb().word());
        fields.put("resource", permission.resource());
        fields.put("atespace", Printable.of(permission.atespace()));
        fields.put("name", Printable.of(permission.name()));
        fields.put("result", result);
        return fields;
    }

    private static Map<String, String> who(@Nullable Caller caller) {
        if (caller == null) {
            return Map.of("user", UNKNOWN);
        }
        String user = Printable.of(caller.user());
        return caller.delegate() == null
                ? Map.of("user", user)
                : Map.of("user", Printable.of(caller.delegate()), "onBehalfOf", user);
    }
}

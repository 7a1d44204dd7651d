package dev.dormouse.access;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Lets through who is known and may do what he asks for. Fails with {@link Failure}: UNAUTHENTICATED when nobody knows who calls,
 * PERMISSION_DENIED when he may not, UNAVAILABLE when nobody can say.
 */
@ApplicationScoped
class Gate {

    /** What may be a bearer token (RFC 6750), and is no longer than any. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]{1,16384}");

    private final AccessSettings settings;
    private final Callers callers;
    private final Permissions permissions;

    Gate(AccessSettings settings, Callers callers, Permissions permissions) {
        this.settings = settings;
        this.callers = callers;
        this.permissions = permissions;
    }

    boolean open() {
        return settings.open();
    }

    /** Identifies and requires. */
    Uni<Void> admit(Passage passage) {
        return identify(passage).chain(() -> require(passage));
    }

    /** Finds out who sends it, and tells it. */
    Uni<Void> identify(Passage passage) {
        return onThisContext(caller(passage.credentials()))
                .invoke(passage::sentBy)
                .replaceWithVoid();
    }

    private Uni<Caller> caller(Credentials credentials) {
        if (open()) {
            return Uni.createFrom().item(Caller.ANYONE);
        }
        String token = credentials.token();
        X509Certificate certificate = token == null && settings.clientCertificates() ? credentials.certificate() : null;
        if (certificate != null) {
            Optional<Caller> caller = callers.byCertificate(certificate);
            return Uni.createFrom().item(() -> known(caller));
        }
        if (token == null) {
            return Uni.createFrom()
                    .failure(unauthenticated("say who you are: this needs a bearer token in the header Authorization"));
        }
        if (!TOKEN.matcher(token).matches()) {
            return Uni.createFrom().failure(unauthenticated("what was sent is no bearer token"));
        }
        return callers.byToken(token).map(Gate::known);
    }

    private static Caller known(Optional<Caller> caller) {
        return caller.orElseThrow(() ->
                unauthenticated("nobody knows who that is: what was sent is expired, forged or for somebody else"));
    }

    /** Asks whether its sender may do what it wants. */
    Uni<Void> require(Passage passage) {
        if (open()) {
            return Uni.createFrom().voidItem();
        }
        Caller caller = Objects.requireNonNull(passage.caller());
        Permission permission = passage.permission();
        return onThisContext(permissions.allow(caller, permission))
                .invoke(allowed -> {
                    if (!allowed) {
                        throw denied(caller, permission);
                    }
                })
                .replaceWithVoid();
    }

    private static Failure denied(Caller caller, Permission permission) {
        return new Failure(
                Code.PERMISSION_DENIED,
                "%s may not %s".formatted(Printable.of(caller.user()), Printable.of(permission)));
    }

    private static Failure unauthenticated(String detail) {
        return new Failure(Code.UNAUTHENTICATED, detail);
    }

    /** Answers come on threads of whoever was asked, and one answer may be for several calls. */
    private <T> Uni<T> onThisContext(Uni<T> uni) {
        Context context = Vertx.currentContext();
        return context == null || open() ? uni : uni.emitOn(task -> context.runOnContext(here -> task.run()));
    }
}

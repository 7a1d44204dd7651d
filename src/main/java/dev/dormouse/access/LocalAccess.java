package dev.dormouse.access;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import java.util.Optional;

/** Without a cluster the settings say who may do everything; all others may do nothing. */
@ApplicationScoped
@Typed(LocalAccess.class)
public class LocalAccess implements Tokens, Permissions {

    private static final Caller HOLDER = Caller.named("token");

    private final AccessSettings settings;

    LocalAccess(AccessSettings settings) {
        this.settings = settings;
    }

    @Override
    public Uni<Optional<Caller>> caller(String token) {
        return Uni.createFrom()
                .item(settings.sharedToken()
                        .filter(shared -> shared.matches(token))
                        .map(shared -> HOLDER));
    }

    @Override
    public Uni<Boolean> allow(Caller caller, Permission permission) {
        return Uni.createFrom().item(caller == HOLDER || settings.isAdmin(caller));
    }
}

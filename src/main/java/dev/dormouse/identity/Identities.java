package dev.dormouse.identity;

import dev.dormouse.actor.Actor;
import dev.dormouse.worker.Mandate;
import dev.dormouse.worker.Mandates;
import dev.dormouse.worker.Stay;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Gives tokens and certificates of an actor to the worker that runs it now, and to nobody else. All fail UNAUTHENTICATED when nobody
 * knows whose the worker's token is, PERMISSION_DENIED when that worker doesn't run the actor, FAILED_PRECONDITION for a template's
 * golden actor, INVALID_ARGUMENT for what is malformed, and UNAVAILABLE while something that is needed for an answer is away.
 */
@ApplicationScoped
public class Identities {

    private final Mandates mandates;
    private final Residents residents;
    private final Keys keys;
    private final ActorTokens tokens;
    private final Issuer issuer;
    private final InstantSource clock;

    Identities(
            Mandates mandates, Residents residents, Keys keys, ActorTokens tokens, Issuer issuer, InstantSource clock) {
        this.mandates = mandates;
        this.residents = residents;
        this.keys = keys;
        this.tokens = tokens;
        this.issuer = issuer;
        this.clock = clock;
    }

    /** @param audiences for whom the token is to be */
    record StayToken(Stay stay, List<String> audiences) {}

    /**
     * A token for the actor of an activation.
     *
     * @param wish read once it is known who calls
     */
    Uni<Token> tokenOfStay(Optional<String> workerToken, Supplier<StayToken> wish) {
        return known(
                workerToken,
                wish,
                (mandate, asked) ->
                        residents.at(mandate, asked.stay()).chain(actor -> token(actor, asked.audiences())));
    }

    /** @param audiences for whom the token is to be */
    public record SessionToken(Session session, List<String> audiences) {}

    /** As {@link #tokenOfStay}, for the actor that agrees with what is said of it. */
    public Uni<Token> tokenOfSession(Optional<String> workerToken, Supplier<SessionToken> wish) {
        return known(
                workerToken,
                wish,
                (mandate, asked) ->
                        residents.saidToBe(mandate, asked.session()).chain(actor -> token(actor, asked.audiences())));
    }

    /** @param signingRequest PKCS #10, in DER: proves that the caller has the key */
    public record SessionCertificate(Session session, byte[] signingRequest) {}

    /** A certificate, for the actor that agrees with what is said of it. */
    public Uni<X509Certificate> certificateOfSession(Optional<String> workerToken, Supplier<SessionCertificate> wish) {
        return known(
                workerToken,
                wish,
                (mandate, asked) -> residents
                        .saidToBe(mandate, asked.session())
                        .chain(actor -> certificate(actor, asked.signingRequest())));
    }

    private interface Answering<Q, A> {
        Uni<A> answer(Mandate mandate, Q asked);
    }

    private <Q, A> Uni<A> known(Optional<String> workerToken, Supplier<Q> wish, Answering<Q, A> answering) {
        return mandates.of(workerToken).chain(mandate -> answering.answer(mandate, wish.get()));
    }

    private Uni<Token> token(Actor actor, List<String> names) {
        Audiences audiences = new Audiences(names);
        return signed((key, now) -> tokens.sign(key, actor, audiences, now));
    }

    private Uni<X509Certificate> certificate(Actor actor, byte[] request) {
        // checking a request, of any key, takes long enough for a thread of its own
        return Uni.createFrom()
                .item(() -> SigningRequest.of(request))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .chain(asked -> signed(
                        (key, now) -> ActorCertificates.actor(key, asked.key(), issuer.actor(actor.key()), now)));
    }

    private interface Signing<A> {
        A sign(SigningKey key, Instant now);
    }

    private <A> Uni<A> signed(Signing<A> signing) {
        return keys.ring().map(ring -> {
            Instant now = clock.instant();
            return signing.sign(ring.signer(now), now);
        });
    }
}

package dev.dormouse.cluster;

import dev.dormouse.access.Caller;
import dev.dormouse.access.Permission;
import dev.dormouse.access.Permissions;
import dev.dormouse.access.Remembered;
import dev.dormouse.access.TokenHash;
import dev.dormouse.access.Tokens;
import dev.dormouse.platform.DormouseConfig;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Believes what the API server says of a caller's token (TokenReview) and of what he may do (SubjectAccessReview). A yes is believed for
 * {@link #YES}, a no for {@link #NO}: docs/access.md promises no more.
 */
@ApplicationScoped
@Typed(ClusterReviews.class)
public class ClusterReviews implements Tokens, Permissions {

    static final Duration YES = Duration.ofSeconds(10);
    static final Duration NO = Duration.ofSeconds(5);
    private static final int BYTES_REMEMBERED = 16 << 20;

    private final ReviewCalls calls;
    private final List<String> audiences;
    /** By the token's hash. */
    private final Remembered<String, Optional<Caller>> callers;

    private final Remembered<Question, Boolean> answers;

    private record Question(Caller caller, Permission permission) {
        int weight() {
            return caller.weight() + permission.weight();
        }
    }

    @Inject
    ClusterReviews(ReviewCalls calls, DormouseConfig config, InstantSource clock) {
        this.calls = calls;
        this.audiences = List.copyOf(config.access().audiences());
        this.callers = new Remembered<>(
                clock,
                caller -> caller.isPresent() ? YES : NO,
                (hash, caller) -> hash.length() + caller.map(Caller::weight).orElse(0),
                BYTES_REMEMBERED);
        this.answers = new Remembered<>(
                clock, allowed -> allowed ? YES : NO, (question, allowed) -> question.weight(), BYTES_REMEMBERED);
    }

    @Override
    public Uni<Optional<Caller>> caller(String token) {
        return callers.answer(TokenHash.of(token), () -> review(token));
    }

    @Override
    public Uni<Boolean> allow(Caller caller, Permission permission) {
        return answers.answer(new Question(caller, permission), () -> review(caller, permission));
    }

    private Uni<Optional<Caller>> review(String token) {
        TokenReview asked = new TokenReviewBuilder()
                .withNewSpec()
                .withToken(token)
                .withAudiences(audiences)
                .endSpec()
                .build();
        return calls.ask("/apis/authentication.k8s.io/v1/tokenreviews", asked)
                .map(answered -> Optional.ofNullable(answered.getStatus())
                        .filter(this::isForUs)
                        .map(TokenReviewStatus::getUser)
                        .map(ClusterReviews::caller));
    }

    /** An authenticator that knows no audiences leaves out which it was for, and the token may be for anybody. */
    private boolean isForUs(TokenReviewStatus status) {
        return Boolean.TRUE.equals(status.getAuthenticated())
                && status.getAudiences() != null
                && status.getAudiences().stream().anyMatch(audiences::contains);
    }

    private static Caller caller(UserInfo user) {
        return new Caller(
                Objects.requireNonNull(user.getUsername()),
                Objects.requireNonNullElse(user.getUid(), ""),
                user.getGroups() == null ? List.of() : List.copyOf(user.getGroups()),
                user.getExtra() == null ? Map.of() : Map.copyOf(user.getExtra()),
                null);
    }

    private Uni<Boolean> review(Caller caller, Permission permission) {
        SubjectAccessReview asked = new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser(caller.user())
                .withUid(absentIfEmpty(caller.uid()))
                .withGroups(caller.groups())
                .withExtra(caller.extra())
                .withNewResourceAttributes()
                .withGroup(Permission.GROUP)
                .withVerb(permission.verb().word())
                .withResource(permission.mainResource())
                .withSubresource(absentIfEmpty(permission.subresource()))
                .withNamespace(absentIfEmpty(permission.atespace()))
                .withName(absentIfEmpty(permission.name()))
                .endResourceAttributes()
                .endSpec()
                .build();
        return calls.ask("/apis/authorization.k8s.io/v1/subjectaccessreviews", asked)
                .map(answered -> answered.getStatus() != null
                        && Boolean.TRUE.equals(answered.getStatus().getAllowed()));
    }

    private static @Nullable String absentIfEmpty(String text) {
        return text.isEmpty() ? null : text;
    }
}

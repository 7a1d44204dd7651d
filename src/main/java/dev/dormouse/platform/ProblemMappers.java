package dev.dormouse.platform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.dormouse.name.InvalidNameException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.CharConversionException;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns whatever a REST resource fails with into a {@link Problem}. No stack trace and no HTML reaches a caller. */
public final class ProblemMappers {

    /** The answer that carries a problem. */
    public static Response answer(Problem problem) {
        return Response.status(problem.status())
                .type(Problem.MEDIA_TYPE)
                .entity(problem.json())
                .build();
    }

    @ServerExceptionMapper
    Response failed(Failure failure) {
        Response answer = answer(Problem.of(failure));
        if (failure.code() == Code.UNAUTHENTICATED) {
            return Response.fromResponse(answer)
                    .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                    .build();
        }
        if (failure.retryAfter() == null) {
            return answer;
        }
        // whole seconds, and never "at once"
        long seconds = Math.max(1, failure.retryAfter().plusMillis(999).toSeconds());
        return Response.fromResponse(answer)
                .header(HttpHeaders.RETRY_AFTER, seconds)
                .build();
    }

    @ServerExceptionMapper
    Response badName(InvalidNameException e) {
        return answer(Problem.of(Code.INVALID_ARGUMENT, String.valueOf(e.getMessage())));
    }

    @ServerExceptionMapper
    Response badField(MismatchedInputException e) {
        return badJson(e);
    }

    @ServerExceptionMapper
    Response badJson(JsonProcessingException e) {
        return answer(Problem.of(Code.INVALID_ARGUMENT, JsonComplaint.of(e)));
    }

    @ServerExceptionMapper
    Response badEncoding(CharConversionException e) {
        return answer(Problem.of(Code.INVALID_ARGUMENT, "the body is not UTF-8"));
    }

    /** What the framework refuses: unknown path, method, media type, a body that can't be read. */
    @ServerExceptionMapper
    Response refused(WebApplicationException e) {
        if (e.getCause() instanceof JsonProcessingException bad) {
            return badJson(bad);
        }
        Response response = e.getResponse();
        int status = response.getStatus();
        if (response.hasEntity() || status < 400) {
            return response;
        }
        if (status >= 500) {
            return unexpected(e);
        }
        Response answer = answer(HttpRefusal.problem(status));
        String allow = response.getHeaderString(HttpHeaders.ALLOW);
        return allow == null
                ? answer
                : Response.fromResponse(answer).header(HttpHeaders.ALLOW, allow).build();
    }

    @ServerExceptionMapper
    Response unexpected(Throwable e) {
        return answer(Problem.of(e));
    }
}

package dev.dormouse.platform;

import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Refuses query parameters of the API that a resource doesn't take: who misspells a filter must not be shown everything. */
public final class QueryCheck {

    private static final String API = "/v1/";

    private final Map<Method, SortedSet<String>> taken = new ConcurrentHashMap<>();

    @ServerRequestFilter
    void check(ContainerRequestContext request, ResourceInfo resource) {
        var given = request.getUriInfo().getQueryParameters();
        if (given.isEmpty() || !request.getUriInfo().getPath().startsWith(API)) {
            return;
        }
        SortedSet<String> known = taken.computeIfAbsent(resource.getResourceMethod(), QueryCheck::declared);
        for (String name : given.keySet()) {
            if (!known.contains(name)) {
                throw new Failure(
                        Code.INVALID_ARGUMENT,
                        "unknown query parameter \"%s\"; this path takes %s"
                                .formatted(name, known.isEmpty() ? "none" : String.join(", ", known)));
            }
        }
    }

    private static SortedSet<String> declared(Method method) {
        SortedSet<String> names = new TreeSet<>();
        for (var parameter : method.getParameters()) {
            Stream<? extends AnnotatedElement> holders = parameter.isAnnotationPresent(BeanParam.class)
                    ? Stream.of(parameter.getType().getDeclaredFields())
                    : Stream.of(parameter);
            holders.map(holder -> holder.getAnnotation(QueryParam.class))
                    .flatMap(Stream::ofNullable)
                    .map(QueryParam::value)
                    .forEach(names::add);
        }
        return names;
    }
}

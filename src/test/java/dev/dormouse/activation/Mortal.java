package dev.dormouse.activation;

import io.smallrye.mutiny.Uni;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/**
 * A process that can be killed: from then on nothing it calls is answered. The very call at which it dies may have been carried out
 * or not.
 */
final class Mortal {

    private volatile boolean dead;
    private volatile Predicate<String> lastCall = method -> false;

    /** Dies at the first call whose method this accepts. */
    void dieAt(Predicate<String> method) {
        lastCall = method;
    }

    void die() {
        dead = true;
    }

    boolean isDead() {
        return dead;
    }

    /** The same service, as long as this process lives. */
    <T> T limits(Class<T> service, T real) {
        return service.cast(Proxy.newProxyInstance(
                service.getClassLoader(), new Class<?>[] {service}, (proxy, method, arguments) -> {
                    if (method.getReturnType() != Uni.class) {
                        return method.invoke(real, arguments);
                    }
                    boolean dies = !dead && lastCall.test(method.getName());
                    if (dead || (dies && ThreadLocalRandom.current().nextBoolean())) {
                        dead = true;
                        return Uni.createFrom().nothing();
                    }
                    try {
                        Uni<?> answer = (Uni<?>) method.invoke(real, arguments);
                        if (dies) {
                            dead = true;
                            answer.subscribe().with(carriedOut -> {}, failed -> {});
                            return Uni.createFrom().nothing();
                        }
                        return answer.onItem()
                                .transformToUni(item -> dead
                                        ? Uni.createFrom().nothing()
                                        : Uni.createFrom().item(item));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}

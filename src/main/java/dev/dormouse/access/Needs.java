package dev.dormouse.access;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The permission that a REST method needs; without this annotation it is refused. Its atespace is the path's {@code atespace} or
 * {@code namespace}, its name the path's {@code id} or {@code name}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Needs {

    Verb verb();

    /** {@code resource} or {@code resource/subresource}. */
    String resource();

    /** The query parameter that narrows the call to one atespace; none when empty. */
    String atespaceQuery() default "";

    /** Whether its answer may go on for as long as the caller likes: {@link StandingCalls}. */
    boolean standing() default false;

    /** Whether it is a page for people: who is unknown is led to where he can sign in. */
    boolean page() default false;
}

package dev.dormouse.platform;

/** Which of several replicas looks after what is declared. */
public interface Leadership {

    /** Whether it is this one now. Cheap. */
    boolean leads();
}

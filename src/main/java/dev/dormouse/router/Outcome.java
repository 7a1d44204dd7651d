package dev.dormouse.router;

import java.util.Locale;

/** How a request ended, for the metrics. */
enum Outcome {
    /** The actor's answer was passed on to its end. */
    ANSWERED,
    /** The router answered itself: no such actor, no worker, too slow, … */
    REFUSED,
    /** The actor broke off in the middle of its answer. */
    BROKEN,
    /** The client went away before the end. */
    CLIENT_GONE;

    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package dev.dormouse.actor;

/** Why a transition began. */
public enum Cause {
    /** A request at the router. */
    REQUEST,
    /** A call of the API. */
    API,
    /** Idle for longer than the template allows. */
    IDLE,
    /** Idle, while others waited for a worker. */
    PRESSURE,
    /** Its worker is going away. */
    DRAIN,
    /** The golden snapshot of a template. */
    GOLDEN,
    /** The actor asked for it. */
    ACTOR,
    /** Another replica, or this one before a restart, left it half-way. */
    RECOVERY;

    /** True when somebody outside the control plane wants it. */
    public boolean isCallers() {
        return this == REQUEST || this == API;
    }
}

package dev.dormouse.access;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/** Says once that somebody who is asked all the time does not answer, and once that he does again. */
public final class Outage {

    private final Logger log;
    private final String who;
    private final AtomicBoolean out = new AtomicBoolean();

    /** @param who as a line begins */
    public Outage(Logger log, String who) {
        this.log = log;
        this.who = who;
    }

    public void failed(String why) {
        if (out.compareAndSet(false, true)) {
            log.warnf("%s does not answer, and callers are refused for it: %s", who, why);
        }
    }

    public void answered() {
        if (out.compareAndSet(true, false)) {
            log.infof("%s answers again", who);
        }
    }
}

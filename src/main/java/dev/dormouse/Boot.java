package dev.dormouse;

import io.quarkus.runtime.Quarkus;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Runs the application until it ends. A start that fails is told in one line and leaves nothing running. */
final class Boot {

    private Boot() {}

    /** @param undo ends what was started before */
    static void run(Runnable undo) {
        // the framework's own check of paths answers without a body, before any handler: HttpEdge checks them
        System.setProperty("vertx.disableURIValidation", "true");
        if (Settings.isDevMode()) {
            // shows a failed start in the browser and tries again at the next change
            Quarkus.run();
            return;
        }
        Quarkus.run(null, (code, failure) -> {
            if (failure != null) {
                Logger.getLogger(Boot.class.getName()).log(Level.FINE, "the start failed", failure);
                System.err.println("error: " + StartFailure.sentence(failure));
                undo.run();
            }
            System.exit(code);
        });
    }
}

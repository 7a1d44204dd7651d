package dev.dormouse;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs the application until it ends. A start that fails is told in one line and leaves nothing running. */
final class Boot {

    private Boot() {}

    /** @param undo ends what was started before */
    static void run(@Nullable Class<? extends QuarkusApplication> application, Runnable undo) {
        // the framework's own check of paths answers without a body, before any handler: HttpEdge checks them
        System.setProperty("vertx.disableURIValidation", "true");
        if (Settings.isDevMode()) {
            // shows a failed start in the browser and tries again at the next change
            Quarkus.run(application);
            return;
        }
        Quarkus.run(application, (code, failure) -> {
            if (failure != null) {
                Logger.getLogger(Boot.class.getName()).log(Level.FINE, "the start failed", failure);
                System.err.println("error: " + StartFailure.sentence(failure));
                undo.run();
            }
            System.exit(code);
        });
    }
}

package dev.dormouse.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Map;

/**
 * What a command sees of the world outside.
 *
 * @param interactive a person watches: a live view may redraw itself
 */
record Terminal(
        PrintWriter out,
        PrintWriter err,
        InputStream in,
        Map<String, String> environment,
        InstantSource clock,
        boolean interactive) {

    static Terminal ofProcess() {
        // since JDK 22 there is a Console even when the output goes to a file
        var console = System.console();
        return new Terminal(
                new PrintWriter(System.out, false),
                new PrintWriter(System.err, true),
                System.in,
                System.getenv(),
                InstantSource.system(),
                console != null && console.isTerminal());
    }
}

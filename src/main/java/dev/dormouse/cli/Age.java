package dev.dormouse.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Time spans as kubectl writes them: 90s, 4m10s, 5h, 3d. */
final class Age {

    private Age() {}

    /** From an RFC 3339 time until now; {@code <none>} for none. */
    static String since(String time, InstantSource clock) {
        try {
            return time.isEmpty() ? Table.NONE : of(Duration.between(Instant.parse(time), clock.instant()));
        } catch (DateTimeException e) {
            return "<unknown>";
        }
    }

    /** Coarser with length, so that it stays within five characters or so. */
    static String of(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        long minutes = seconds / 60;
        long hours = minutes / 60;
        long days = hours / 24;
        if (seconds < 120) {
            return seconds + "s";
        } else if (minutes < 10) {
            return pair(minutes, "m", seconds % 60, "s");
        } else if (minutes < 180) {
            return minutes + "m";
        } else if (hours < 8) {
            return pair(hours, "h", minutes % 60, "m");
        } else if (hours < 48) {
            return hours + "h";
        } else if (days < 8) {
            return pair(days, "d", hours % 24, "h");
        } else if (days < 2 * 365) {
            return days + "d";
        } else if (days < 8 * 365) {
            return pair(days / 365, "y", days % 365, "d");
        }
        return days / 365 + "y";
    }

    private static String pair(long big, String bigUnit, long small, String smallUnit) {
        return small == 0 ? big + bigUnit : big + bigUnit + small + smallUnit;
    }
}

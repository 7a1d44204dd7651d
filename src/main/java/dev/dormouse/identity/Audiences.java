package dev.dormouse.identity;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * For whom a token is: whoever is not named there must refuse it.
 *
 * @param names 1 to {@value #MOST}, each once, of at most {@value #LONGEST} printable characters without blanks
 */
record Audiences(List<String> names) {

    static final int MOST = 10;
    static final int LONGEST = 256;

    /** Fails INVALID_ARGUMENT. */
    Audiences {
        if (names.isEmpty()) {
            throw invalid("say for whom the token is: at least one audience");
        }
        if (names.size() > MOST) {
            throw invalid("a token is for at most %d audiences".formatted(MOST));
        }
        for (String name : names) {
            if (name.isEmpty() || name.length() > LONGEST || !name.chars().allMatch(Audiences::isPrintable)) {
                throw invalid("an audience is 1 to %d printable characters of ASCII without blanks".formatted(LONGEST));
            }
        }
        names = List.copyOf(new LinkedHashSet<>(names));
    }

    private static boolean isPrintable(int character) {
        return character > ' ' && character < 0x7f;
    }

    private static Failure invalid(String why) {
        return new Failure(Code.INVALID_ARGUMENT, why);
    }
}

package dev.dormouse.cli;

import java.util.HashSet;
import java.util.Map;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Puts the kind in front where users of kubectl write it otherwise: {@code KIND/NAME}, or not at all where a verb knows but one. */
final class KindFirst implements IParameterPreprocessor {

    @Override
    public boolean preprocess(
            Stack<String> arguments, CommandSpec verb, @Nullable ArgSpec option, Map<String, Object> info) {
        String first = firstName(arguments, verb);
        if (first != null && !verb.subcommands().containsKey(first)) {
            String kind = kind(first, verb);
            if (kind != null) {
                arguments.push(kind);
            }
        }
        return false;
    }

    /** The first argument that is neither an option nor an option's value. */
    private static @Nullable String firstName(Stack<String> arguments, CommandSpec verb) {
        // the next one lies on top
        int i = arguments.size() - 1;
        while (i >= 0 && arguments.get(i).startsWith("-")) {
            OptionSpec option = verb.findOption(arguments.get(i));
            i -= option != null && option.arity().max() > 0 ? 2 : 1;
        }
        return i < 0 ? null : arguments.get(i);
    }

    private static @Nullable String kind(String name, CommandSpec verb) {
        String before = name.substring(0, Math.max(0, name.indexOf('/')));
        if (verb.subcommands().containsKey(before)) {
            return before;
        }
        boolean knowsOne = new HashSet<>(verb.subcommands().values()).size() == 1;
        return knowsOne ? verb.subcommands().keySet().iterator().next() : null;
    }
}

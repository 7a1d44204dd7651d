package dev.dormouse.image;

import dev.dormouse.files.RootedTree;
import dev.dormouse.image.Images.ImageUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Resolves {@code user[:group]} of an image by its own /etc/passwd and /etc/group: names must be there, numbers need not.
 */
record UserLookup(List<Account> accounts, List<Group> groups) {

    /** Longer ones aren't what they claim to be. */
    private static final int FILE_LIMIT = 1 << 20;

    record Account(String name, int uid, int gid) {}

    record Group(String name, int gid, List<String> members) {}

    static UserLookup in(Path rootfs) throws IOException {
        RootedTree tree = new RootedTree(rootfs);
        return new UserLookup(
                lines(tree, "/etc/passwd").flatMap(UserLookup::parseAccount).toList(),
                lines(tree, "/etc/group").flatMap(UserLookup::parseGroup).toList());
    }

    /** Fails with what is wrong with the user, fit to follow the image's name. */
    ImageUser resolve(String user) throws ImageException {
        int colon = user.indexOf(':');
        String given = colon < 0 ? user : user.substring(0, colon);
        String name = given.isEmpty() ? "0" : given;
        String group = colon < 0 ? "" : user.substring(colon + 1);
        Optional<Account> account = account(name);
        int uid = account.map(Account::uid).orElse(number(name));
        if (uid < 0) {
            throw new ImageException("its user '" + name + "' is not in its /etc/passwd", null);
        }
        if (!group.isEmpty()) {
            // a group that was named stands alone, as in every other runtime
            return new ImageUser(uid, gid(group), List.of());
        }
        return new ImageUser(
                uid,
                account.map(Account::gid).orElse(0),
                account.map(each -> memberships(each.name())).orElse(List.of()));
    }

    private Optional<Account> account(String user) {
        return Stream.<Predicate<Account>>of(each -> each.name().equals(user), each -> each.uid() == number(user))
                .flatMap(fits -> accounts.stream().filter(fits))
                .findFirst();
    }

    private int gid(String group) throws ImageException {
        int gid = groups.stream()
                .filter(each -> each.name().equals(group))
                .map(Group::gid)
                .findFirst()
                .orElse(number(group));
        if (gid < 0) {
            throw new ImageException("its group '" + group + "' is not in its /etc/group", null);
        }
        return gid;
    }

    private List<Integer> memberships(String name) {
        return groups.stream()
                .filter(each -> each.members().contains(name))
                .map(Group::gid)
                .distinct()
                .toList();
    }

    private static Stream<Account> parseAccount(String line) {
        String[] fields = line.split(":", -1);
        return fields.length >= 4 && isNumber(fields[2]) && isNumber(fields[3])
                ? Stream.of(new Account(fields[0], number(fields[2]), number(fields[3])))
                : Stream.empty();
    }

    private static Stream<Group> parseGroup(String line) {
        String[] fields = line.split(":", -1);
        return fields.length >= 4 && isNumber(fields[2])
                ? Stream.of(new Group(fields[0], number(fields[2]), List.of(fields[3].split(","))))
                : Stream.empty();
    }

    private static Stream<String> lines(RootedTree tree, String path) throws IOException {
        Path file = tree.reach(path);
        if (!Files.isRegularFile(file)) {
            return Stream.empty();
        }
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(FILE_LIMIT), StandardCharsets.UTF_8).lines();
        }
    }

    private static boolean isNumber(String text) {
        return number(text) >= 0;
    }

    /** -1 for what is no id. */
    private static int number(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits && Long.parseLong(text) <= Integer.MAX_VALUE ? Integer.parseInt(text) : -1;
    }
}

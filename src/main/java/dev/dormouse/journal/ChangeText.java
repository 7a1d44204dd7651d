package dev.dormouse.journal;

import dev.dormouse.journal.ChangeFeed.ActorChange;
import dev.dormouse.journal.ChangeFeed.CallersWaiting;
import dev.dormouse.journal.ChangeFeed.CatalogChange;
import dev.dormouse.journal.ChangeFeed.Change;
import dev.dormouse.journal.ChangeFeed.Missed;
import dev.dormouse.journal.ChangeFeed.WorkerChange;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Changes as text between replicas: a line each, its words apart by one space. Names hold no spaces. A payload begins with the line
 * of who sent it.
 */
final class ChangeText {

    /** PostgreSQL refuses notifications of 8000 bytes. */
    private static final int PAYLOAD = 7900;

    private static final String NOTHING = "-";

    private ChangeText() {}

    /** Packs the changes into as few payloads as they fit in. */
    static List<String> payloads(UUID sender, List<Change> changes) {
        List<String> payloads = new ArrayList<>();
        StringBuilder payload = new StringBuilder(sender.toString());
        for (Change change : changes) {
            String line = write(change);
            if (payload.length() + 1 + line.length() > PAYLOAD) {
                payloads.add(payload.toString());
                payload = new StringBuilder(sender.toString());
            }
            payload.append('\n').append(line);
        }
        payloads.add(payload.toString());
        return payloads;
    }

    static boolean sentBy(UUID sender, String payload) {
        return payload.startsWith(sender.toString());
    }

    /** What a payload tells; a line of a newer version that isn't understood means that something was missed. */
    static List<Change> read(String payload) {
        return payload.lines().skip(1).map(ChangeText::change).toList();
    }

    private static String write(Change change) {
        return switch (change) {
            case ActorChange a ->
                String.join(
                        " ",
                        "actor",
                        a.key().atespace().value(),
                        a.key().id().value(),
                        a.status(),
                        Long.toString(a.version()),
                        Long.toString(a.generation()),
                        a.workerUid() == null ? NOTHING : a.workerUid().toString());
            case WorkerChange w -> String.join(" ", "worker", w.uid().toString(), w.state());
            case CatalogChange c ->
                String.join(" ", "catalog", c.kind(), c.namespace().isEmpty() ? NOTHING : c.namespace(), c.name());
            case CallersWaiting w ->
                String.join(
                        " ",
                        "waiting",
                        w.replica().toString(),
                        w.pool().namespace(),
                        w.pool().name(),
                        Integer.toString(w.callers()));
            case Missed missed -> "missed";
        };
    }

    private static Change change(String line) {
        String[] word = line.split(" ");
        try {
            return switch (word[0]) {
                case "actor" ->
                    new ActorChange(
                            ActorKey.of(word[1], word[2]),
                            word[3],
                            Long.parseLong(word[4]),
                            Long.parseLong(word[5]),
                            word[6].equals(NOTHING) ? null : UUID.fromString(word[6]));
                case "worker" -> new WorkerChange(UUID.fromString(word[1]), word[2]);
                case "catalog" -> new CatalogChange(word[1], word[2].equals(NOTHING) ? "" : word[2], word[3]);
                case "waiting" ->
                    new CallersWaiting(
                            UUID.fromString(word[1]), new PoolRef(word[2], word[3]), Integer.parseInt(word[4]));
                default -> new Missed();
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException unknown) {
            return new Missed();
        }
    }
}

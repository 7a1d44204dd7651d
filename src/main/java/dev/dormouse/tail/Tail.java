package dev.dormouse.tail;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Lets through what is wanted; of what there was before the reader had caught up, only the last lines if he wants no more. */
final class Tail {

    private final LogQuery query;
    private final Deque<Entry> last = new ArrayDeque<>();
    private boolean passing;

    Tail(LogQuery query) {
        this.query = query;
        this.passing = query.tail() == LogQuery.ALL;
    }

    List<Entry> pass(LogReader.Batch batch) {
        List<Entry> wanted = batch.entries().stream().filter(query::wants).toList();
        if (passing) {
            return wanted;
        }
        for (Entry entry : wanted) {
            last.addLast(entry);
            if (last.size() > query.tail()) {
                last.removeFirst();
            }
        }
        if (!batch.caughtUp() && !batch.last()) {
            return List.of();
        }
        passing = true;
        return List.copyOf(last);
    }
}

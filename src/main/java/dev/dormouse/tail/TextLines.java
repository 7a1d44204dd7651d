package dev.dormouse.tail;

import java.time.Instant;
import java.util.List;

/**
 * Lines as people read them.
 *
 * @param containers whether each line says which container printed it
 * @param timestamps whether each line says when it was collected
 */
record TextLines(boolean containers, boolean timestamps) {

    String of(List<Entry> entries) {
        StringBuilder text = new StringBuilder();
        entries.forEach(entry -> add(text, entry));
        return text.toString();
    }

    private void add(StringBuilder text, Entry entry) {
        Instant at = entry.at();
        if (timestamps && at != null) {
            text.append(at).append(' ');
        }
        if (entry.isNotice()) {
            text.append("[dormouse] ");
        } else if (containers) {
            text.append('[').append(entry.container()).append("] ");
        }
        text.append(entry.text()).append('\n');
    }
}

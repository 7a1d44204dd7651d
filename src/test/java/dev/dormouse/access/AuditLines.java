package dev.dormouse.access;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;

/** What goes into the audit while it is open. */
final class AuditLines extends Handler {

    private final Logger logger = Logger.getLogger("dormouse.audit");
    private final List<ExtLogRecord> lines = new CopyOnWriteArrayList<>();

    private AuditLines() {}

    static AuditLines listen() {
        AuditLines lines = new AuditLines();
        lines.logger.addHandler(lines);
        return lines;
    }

    List<String> messages() {
        return lines.stream().map(ExtLogRecord::getFormattedMessage).toList();
    }

    List<Map<String, String>> fields() {
        return lines.stream().map(ExtLogRecord::getMdcCopy).toList();
    }

    @Override
    public void publish(LogRecord line) {
        ExtLogRecord whole = ExtLogRecord.wrap(line);
        whole.copyMdc();
        lines.add(whole);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}

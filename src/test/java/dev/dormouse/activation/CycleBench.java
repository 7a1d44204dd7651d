package dev.dormouse.activation;

import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorKey;
import dev.dormouse.sim.SimulatedAteom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.awaitility.Awaitility;

/**
 * Resume and suspend in cycles, without REST: what wakes and sleeps themselves cost. Arguments: callers, workers, cycles.
 */
final class CycleBench {

    /** A line for each wake and sleep would be most of what is measured here. */
    private static final Logger LOG = Logger.getLogger("dev.dormouse.activation");

    private final World world;
    private final int cycles;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final long[] resumeNanos;
    private final CountDownLatch done;

    private CycleBench(World world, int callers, int cycles) {
        this.world = world;
        this.cycles = cycles;
        this.resumeNanos = new long[cycles];
        this.done = new CountDownLatch(callers);
    }

    public static void main(String[] arguments) throws InterruptedException {
        LOG.setLevel(Level.WARNING);
        int callers = Integer.parseInt(arguments[0]);
        int workers = Integer.parseInt(arguments[1]);
        int cycles = Integer.parseInt(arguments[2]);
        World world = new World(Map.of("dormouse.scheduler.wait", "30s"), Duration.ofSeconds(1));
        SimulatedAteom ateom = world.ateom("node-1", workers);
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> world.replica.workers.all().size() == workers);
        List<ActorKey> keys = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            keys.add(world.create("bench-" + i));
        }
        for (int round = 0; round < 4; round++) {
            new CycleBench(world, callers, cycles).run(keys);
        }
        System.out.println("held at the end: " + ateom.held());
        world.close();
        System.exit(0);
    }

    private void run(List<ActorKey> keys) throws InterruptedException {
        long started = System.nanoTime();
        Duration cpu = cpu();
        keys.forEach(this::cycle);
        done.await();
        double seconds = (System.nanoTime() - started) / 1e9;
        long[] sorted = Arrays.copyOf(resumeNanos, cycles);
        Arrays.sort(sorted);
        System.out.printf(
                "%d callers: %.0f resumes/s, p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, %.0f us CPU per cycle here, %d failed%n",
                keys.size(),
                cycles / seconds,
                sorted[cycles / 2] / 1e6,
                sorted[cycles * 95 / 100] / 1e6,
                sorted[cycles * 99 / 100] / 1e6,
                cpu().minus(cpu).toNanos() / 1e3 / cycles,
                failed.get());
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private void cycle(ActorKey key) {
        int number = begun.getAndIncrement();
        if (number >= cycles) {
            done.countDown();
            return;
        }
        long started = System.nanoTime();
        world.replica
                .activations
                .resume(key, false, Cause.API)
                .invoke(() -> resumeNanos[number] = System.nanoTime() - started)
                .chain(() -> world.replica.activations.suspend(key, Cause.API))
                .subscribe()
                .with(actor -> cycle(key), failure -> {
                    failed.incrementAndGet();
                    cycle(key);
                });
    }
}

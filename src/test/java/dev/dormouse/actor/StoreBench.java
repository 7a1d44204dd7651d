package dev.dormouse.actor;

import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Batcher;
import dev.dormouse.standalone.StoreDatabase;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Measures the store alone, on an embedded PostgreSQL that waits for the disk: callers that wake and lay to sleep, create, list. Runs
 * for about three minutes; prints a table. Arguments: seconds per measurement (default 5), actors in the large table (default
 * 1000000).
 */
public final class StoreBench {

    private static final int WORKERS = 256;
    private static final int ACTORS = 10_000;
    private static final int[] CALLERS = {1, 8, 64};

    private final StoreDatabase database;
    private final ActorStore store;
    private final Duration time;
    private final BlockingQueue<UUID> free = new LinkedBlockingQueue<>();
    private final AtomicInteger nextActor = new AtomicInteger();

    private StoreBench(StoreDatabase database, Duration time) {
        this.database = database;
        this.time = time;
        Batcher.Limits limits =
                new Batcher.Limits(Integer.getInteger("batch.size", 256), Integer.getInteger("batch.inFlight", 1));
        this.store = new PostgresActorStore(database.database(), silent(), limits, reached -> {});
    }

    public static void main(String[] args) throws Exception {
        Duration time = Duration.ofSeconds(args.length > 0 ? Long.parseLong(args[0]) : 5);
        int large = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
        try (StoreDatabase database = StoreDatabase.durable()) {
            new StoreBench(database, time).run(large);
        }
        System.exit(0);
    }

    private static ChangeFeed silent() {
        return new ChangeFeed() {
            @Override
            public Multi<Change> changes() {
                return Multi.createFrom().empty();
            }

            @Override
            public void publish(Change change) {}

            @Override
            public void publishHere(Change change) {}
        };
    }

    private void run(int large) throws Exception {
        database.sql("""
                insert into worker (uid, namespace, pool, pod, node, ip, ateom_id, address, state)
                select gen_random_uuid(), 'bench', 'pool', 'pod-' || i, 'node', '10.0.0.1', gen_random_uuid(), 'localhost:1', 'FREE'
                from generate_series(1, $1::int) i""", WORKERS);
        database.sql("select uid from worker").forEach(row -> free.add(row.getUUID(0)));
        System.out.printf(
                "%-34s %10s %9s %9s %9s %7s %7s%n", "", "per s", "p50 ms", "p95 ms", "p99 ms", "JVM %", "PG %");
        for (int callers : CALLERS) {
            measure("create, " + callers + " callers", callers, i -> create());
        }
        load(0, ACTORS);
        cycles("cycle among " + count() + " actors");
        finds();
        load(ACTORS, large);
        cycles("cycle among " + count() + " actors");
        lists();
        database.sql(
                        "select relname::text, n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where n_tup_upd > 0 order by 1")
                .forEach(row -> System.out.printf(
                        "%-34s %d updates, %d of them HOT%n", row.getString(0), row.getLong(1), row.getLong(2)));
    }

    private long count() {
        return database.count("select count(*) from actor where atespace like 'bench%'");
    }

    private void load(int from, int to) {
        for (int i = 0; i < 100; i++) {
            database.sql("insert into atespace (name) values ($1) on conflict do nothing", "bench-" + i);
        }
        for (int start = from; start < to; start += 50_000) {
            database.sql("""
                    insert into actor (atespace, id, uid, template_namespace, template_name, status, version, generation, labels,
                                       worker_selector, snapshot, created_at, updated_at)
                    select 'bench-' || i % 100, 'a' || i, gen_random_uuid(), 'demo', 'counter', 'SUSPENDED', 1, 0,
                           jsonb_build_object('n', (i % 7)::text), '{}',
                           jsonb_build_object('id', gen_random_uuid()::text, 'uri', 'file:/snapshots/bench/' || i, 'scope', 'FULL',
                             'sizeBytes', 4096, 'sandboxClass', 'gvisor', 'sandboxBuild', repeat('0', 64), 'cpu', 'amd64/0123456789',
                             'createdAt', '2026-01-01T00:00:00Z'), now(), now()
                    from generate_series($1::int, $2::int - 1) i""", start, Math.min(to, start + 50_000));
        }
        database.sql("analyze actor");
        database.sql("checkpoint");
    }

    private Uni<?> create() {
        return store.create(new ActorStore.NewActor(
                ActorKey.of("default", "new-" + nextActor.incrementAndGet()),
                new TemplateRef("demo", "counter"),
                Map.of(),
                Map.of(),
                null,
                null));
    }

    private void cycles(String name) throws Exception {
        int actors = Math.toIntExact(count());
        for (int callers : CALLERS) {
            AtomicLong claimed = new AtomicLong();
            List<Long> claims = java.util.Collections.synchronizedList(new ArrayList<>());
            int turns = callers;
            AtomicInteger[] turn =
                    IntStream.range(0, callers).mapToObj(AtomicInteger::new).toArray(AtomicInteger[]::new);
            measure(name + ", " + callers + " callers", callers, caller -> {
                // each caller has actors of its own, spread over all
                int actor = (int) ((turn[caller].getAndAdd(turns) * 7919L) % (actors / turns * turns));
                return cycle(ActorKey.of("bench-" + actor % 100, "a" + actor), claims);
            });
            print("  claim alone", callers, claims, 0, 0, 0);
        }
    }

    private Uni<?> cycle(ActorKey key, List<Long> claims) {
        UUID worker = free.remove();
        UUID snapshot = UUID.randomUUID();
        return store.find(key)
                .map(java.util.Optional::orElseThrow)
                .chain(actor -> {
                    long start = System.nanoTime();
                    return store.claim(new ActorStore.Claim(
                                    key, actor.version(), worker, Cause.REQUEST, worker, Duration.ofSeconds(30), 100))
                            .invoke(outcome -> claims.add(System.nanoTime() - start));
                })
                .map(outcome -> ((ActorStore.Claimed) outcome).actor())
                .chain(actor -> store.running(
                        key,
                        actor.generation(),
                        new Actor.Endpoint("10.0.0.1", Map.of(80, 31000)),
                        StoreFixture.PHASES))
                .chain(actor -> store.sleep(new ActorStore.Sleep(
                        key, ActorStatus.SUSPENDING, Cause.API, snapshot, worker, Duration.ofSeconds(30), null)))
                .map(outcome -> ((ActorStore.Claimed) outcome).actor())
                .chain(actor -> store.slept(
                        key,
                        actor.generation(),
                        StoreFixture.snapshot(snapshot, "file:/snapshots/" + key + "/" + snapshot, null),
                        2,
                        StoreFixture.PHASES))
                .map(java.util.Optional::orElseThrow)
                .onTermination()
                .invoke(() -> free.add(worker));
    }

    private void finds() throws Exception {
        for (int callers : CALLERS) {
            measure("find, " + callers + " callers", callers, i -> store.find(ActorKey.of("bench-1", "a1")));
        }
    }

    private void lists() throws Exception {
        ActorKey middle = ActorKey.of("bench-50", "a500050");
        AtespaceName atespace = middle.atespace();
        TemplateRef template = new TemplateRef("demo", "counter");
        Map<String, ActorStore.Query> queries = new java.util.LinkedHashMap<>();
        queries.put("list 100 of all", query(null, null, null, Map.of(), middle, 100));
        queries.put("list 1000 of all", query(null, null, null, Map.of(), middle, 1000));
        queries.put("list 1000 of an atespace", query(atespace, null, null, Map.of(), middle, 1000));
        queries.put("list 100 of a template", query(null, null, template, Map.of(), middle, 100));
        queries.put("list 100 running", query(null, ActorStatus.RUNNING, null, Map.of(), null, 100));
        queries.put("list 100 paused (none is)", query(null, ActorStatus.PAUSED, null, Map.of(), middle, 100));
        queries.put("list 100 by label", query(null, null, null, Map.of("n", "3"), middle, 100));
        for (Map.Entry<String, ActorStore.Query> each : queries.entrySet()) {
            measure(each.getKey(), 1, i -> store.list(each.getValue()));
        }
    }

    private static ActorStore.Query query(
            AtespaceName atespace,
            ActorStatus status,
            TemplateRef template,
            Map<String, String> labels,
            ActorKey after,
            int limit) {
        return new ActorStore.Query(atespace, status, template, labels, after, limit);
    }

    private void measure(String name, int callers, IntFunction<Uni<?>> call) throws Exception {
        load(callers, call, time.dividedBy(3));
        long cpu = jvmMillis();
        long postgres = postgresMillis();
        long start = System.nanoTime();
        List<Long> nanos = load(callers, call, time);
        double seconds = (System.nanoTime() - start) / 1e9;
        print(
                name,
                callers,
                nanos,
                seconds,
                (jvmMillis() - cpu) / seconds / 10,
                (postgresMillis() - postgres) / seconds / 10);
    }

    private static List<Long> load(int callers, IntFunction<Uni<?>> call, Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        List<List<Long>> all = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            int caller = i;
            List<Long> nanos = new ArrayList<>();
            all.add(nanos);
            threads.add(Thread.ofVirtual().start(() -> {
                while (System.nanoTime() < end) {
                    long start = System.nanoTime();
                    StoreDatabase.await(call.apply(caller));
                    nanos.add(System.nanoTime() - start);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return all.stream().flatMap(List::stream).toList();
    }

    private static void print(String name, int callers, List<Long> nanos, double seconds, double jvm, double postgres) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "%-34s %10s %9.2f %9.2f %9.2f %7.0f %7.0f%n",
                name,
                seconds == 0 ? "" : String.format(Locale.ROOT, "%.0f", sorted.length / seconds),
                millis(sorted, 50),
                millis(sorted, 95),
                millis(sorted, 99),
                jvm,
                postgres);
    }

    private static double millis(long[] sorted, int percentile) {
        return sorted.length == 0
                ? Double.NaN
                : sorted[Math.min(sorted.length - 1, sorted.length * percentile / 100)] / 1e6;
    }

    private static long jvmMillis() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElse(Duration.ZERO)
                .toMillis();
    }

    /** CPU time of the database's processes, in milliseconds: a tick of /proc is 10 ms. */
    private long postgresMillis() throws Exception {
        long ticks = 0;
        for (Path process : database.processes()) {
            String stat = Files.readString(process.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            ticks += Arrays.stream(fields, 11, 13).mapToLong(Long::parseLong).sum();
        }
        return ticks * 10;
    }
}

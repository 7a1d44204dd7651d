package dev.dormouse.platform;

import static java.util.Map.entry;

import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnectOptions;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;

/** The one pool of database connections, which Hibernate Reactive and the native statements share. */
@Singleton
public class DatabasePool implements PgPoolCreator {

    /**
     * Set-based statements join a handful of given keys to tables of any size. Their plans are made once and kept until the tables are
     * analyzed again, so all that suits only small tables is ruled out or, as rows read are all that has a price, looks dear.
     */
    private static final Map<String, String> SESSION = Map.ofEntries(
            entry("plan_cache_mode", "force_generic_plan"),
            entry("enable_hashjoin", "off"),
            entry("enable_mergejoin", "off"),
            entry("enable_material", "off"),
            entry("enable_seqscan", "off"),
            entry("seq_page_cost", "0"),
            entry("random_page_cost", "0"),
            entry("cpu_tuple_cost", "100"),
            entry("cpu_index_tuple_cost", "100"),
            // rows look dear, and starting other processes takes longer than any statement of ours
            entry("max_parallel_workers_per_gather", "0"),
            entry("jit", "off"),
            entry("statement_timeout", "30s"),
            entry("application_name", "dormouse"));

    private static final int STATEMENTS_PER_CONNECTION = 256;

    @Override
    public Pool create(Input input) {
        input.pgConnectOptionsList().forEach(DatabasePool::prepare);
        return PgBuilder.pool()
                .with(input.poolOptions())
                .connectingTo(List.<SqlConnectOptions>copyOf(input.pgConnectOptionsList()))
                .using(input.vertx())
                .build();
    }

    /** Sets what our statements rely on: session settings, and preparing each statement once per connection. */
    public static PgConnectOptions prepare(PgConnectOptions options) {
        SESSION.forEach(options::addProperty);
        options.setCachePreparedStatements(true);
        options.setPreparedStatementCacheMaxSize(STATEMENTS_PER_CONNECTION);
        // by default long statements, which are the costly ones to plan, are left out
        options.setPreparedStatementCacheSqlFilter(sql -> true);
        return options;
    }
}

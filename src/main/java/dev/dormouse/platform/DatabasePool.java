package dev.dormouse.platform;

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
     * Set-based statements join a handful of given keys to tables of any size. Their plans are made once, maybe while the tables are
     * still empty, so everything but walking the index from key to row is ruled out: a plan can't turn bad when the tables grow.
     */
    private static final Map<String, String> SESSION = Map.of(
            "plan_cache_mode", "force_generic_plan",
            "enable_hashjoin", "off",
            "enable_mergejoin", "off",
            "enable_seqscan", "off",
            "jit", "off",
            "statement_timeout", "30s",
            "application_name", "dormouse");

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

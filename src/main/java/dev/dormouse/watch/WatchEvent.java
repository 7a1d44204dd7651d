package dev.dormouse.watch;

import dev.dormouse.actor.ActorView;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.UUID;

/** What a watcher is told. */
// no method of a resource names these in its signature
@RegisterForReflection(
        targets = {
            WatchEvent.ActorDeleted.Key.class,
            WatchEvent.WorkerGone.Key.class,
            WatchEvent.CatalogChanged.Key.class,
            WatchEvent.Resync.Nothing.class
        })
sealed interface WatchEvent {

    /** The name of the server-sent event. */
    String name();

    /** Its data, as JSON. */
    Object data();

    record ActorChanged(ActorView data) implements WatchEvent {
        @Override
        public String name() {
            return "actor";
        }
    }

    record ActorDeleted(Key data) implements WatchEvent {
        record Key(String atespace, String id) {}

        @Override
        public String name() {
            return "actor-deleted";
        }
    }

    record WorkerChanged(WorkerView data) implements WatchEvent {
        @Override
        public String name() {
            return "worker";
        }
    }

    record WorkerGone(Key data) implements WatchEvent {
        record Key(UUID uid) {}

        @Override
        public String name() {
            return "worker-gone";
        }
    }

    record CatalogChanged(Key data) implements WatchEvent {
        record Key(String kind, String namespace, String name) {}

        @Override
        public String name() {
            return "catalog";
        }
    }

    /** Changes were lost: the watcher must list again. */
    record Resync(Nothing data) implements WatchEvent {
        record Nothing() {}

        @Override
        public String name() {
            return "resync";
        }
    }
}

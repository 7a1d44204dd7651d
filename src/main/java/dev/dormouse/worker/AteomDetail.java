package dev.dormouse.worker;

import dev.dormouse.ateom.wire.HeartbeatRequest;
import dev.dormouse.ateom.wire.SlotReport;
import dev.dormouse.scheduler.Hardware;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What an ateom offers, for the replicas that don't hear its heartbeats.
 *
 * @param cached snapshots in the node's cache
 * @param slots by worker
 */
record AteomDetail(String node, Set<UUID> cached, Map<UUID, SlotDetail> slots) {

    /** @param prepared as in {@link Worker} */
    record SlotDetail(Hardware hardware, String prepared) {}

    static AteomDetail of(HeartbeatRequest report) {
        Set<UUID> cached = new HashSet<>();
        report.getCachedSnapshotsList().forEach(id -> cached.add(UUID.fromString(id)));
        Set<String> builds = Set.copyOf(report.getSandboxBuildsList());
        String cpu = report.getCpuArch() + "/" + report.getCpuFeatures();
        Map<String, Hardware> byClass = new HashMap<>();
        Map<UUID, SlotDetail> slots = new HashMap<>();
        for (SlotReport slot : report.getSlotsList()) {
            Hardware hardware = byClass.computeIfAbsent(
                    slot.getSlot().getSandboxClass(), sandboxClass -> new Hardware(sandboxClass, builds, cpu));
            slots.put(UUID.fromString(slot.getSlot().getWorkerUid()), new SlotDetail(hardware, slot.getPrepared()));
        }
        return new AteomDetail(report.getNode(), cached, slots);
    }

    JsonObject toJson() {
        JsonObject bySlot = new JsonObject();
        slots.forEach((worker, slot) -> bySlot.put(
                worker.toString(),
                new JsonObject()
                        .put("sandboxClass", slot.hardware().sandboxClass())
                        .put(
                                "builds",
                                new JsonArray(slot.hardware().builds().stream()
                                        .sorted()
                                        .toList()))
                        .put("cpu", slot.hardware().cpu())
                        .put("prepared", slot.prepared())));
        return new JsonObject()
                .put("node", node)
                .put("cached", new JsonArray(cached.stream().map(UUID::toString).toList()))
                .put("slots", bySlot);
    }

    static AteomDetail of(JsonObject json) {
        Set<UUID> cached = new HashSet<>();
        json.getJsonArray("cached").forEach(id -> cached.add(UUID.fromString(id.toString())));
        Map<UUID, SlotDetail> slots = new HashMap<>();
        JsonObject bySlot = json.getJsonObject("slots");
        for (String worker : bySlot.fieldNames()) {
            JsonObject slot = bySlot.getJsonObject(worker);
            Set<String> builds = new HashSet<>();
            slot.getJsonArray("builds").forEach(build -> builds.add(build.toString()));
            Hardware hardware = new Hardware(slot.getString("sandboxClass"), builds, slot.getString("cpu"));
            slots.put(UUID.fromString(worker), new SlotDetail(hardware, slot.getString("prepared")));
        }
        return new AteomDetail(json.getString("node"), cached, slots);
    }
}

#include "dissector/errno_names.h"
#include "dissector/escape.h"
#include "dissector/render/json_object.h"
#include "dissector/render/statistics.h"

#include <fmt/format.h>

namespace fusewire {

namespace {

constexpr std::size_t most_names = 100; // that were looked up again

void append_errors(std::string& out, const ErrorTally& errors) {
    JsonArray array(out);
    for (const ErrorCount& one : errors.sorted()) {
        JsonObject object(array.element());
        object.signed_number("error", one.error);
        if (const std::string_view name = errno_name(one.error); !name.empty())
            object.text("error_name", name);
        else
            object.null("error_name");
        object.number("count", one.count);
        object.close();
    }
    array.close();
}

void append_times(std::string& out, const Histogram& times) {
    JsonObject object(out);
    object.number("count", times.count());
    const auto known = [&](std::string_view name, std::uint64_t value) {
        if (times.empty())
            object.null(name);
        else
            object.number(name, value);
    };
    known("min_ns", times.min());
    known("p50_ns", times.percentile(500));
    known("p90_ns", times.percentile(900));
    known("p99_ns", times.percentile(990));
    known("max_ns", times.max());
    known("mean_ns", times.mean());
    object.number("sum_ns", times.sum());
    JsonArray histogram(object.key("histogram"));
    times.each_octave([&](std::uint64_t lowest, std::uint64_t highest, std::uint64_t count) {
        JsonObject bucket(histogram.element());
        bucket.number("from_ns", lowest);
        bucket.number("to_ns", highest);
        bucket.number("count", count);
        bucket.close();
    });
    histogram.close();
    object.close();
}

void append_tally(JsonObject& object, const Tally& tally) {
    object.number("messages", tally.messages());
    object.number("requests", tally.requests);
    object.number("replies", tally.replies);
    object.number("notifications", tally.notifications);
    object.number("errors", tally.errors.total());
    append_errors(object.key("error_names"), tally.errors);
    object.number("request_bytes", tally.request_bytes);
    object.number("reply_bytes", tally.reply_bytes);
    append_times(object.key("latency"), tally.latency);
    object.number("backwards", tally.backwards);
}

// What only groups know: intervals do not follow requests.
void append_group_tally(JsonObject& object, const Tally& tally) {
    append_tally(object, tally);
    object.number("unanswered", tally.unanswered);
    append_times(object.key("queue"), tally.queue);
}

const Connection* connection_of(const StatisticsScene& scene, std::uint32_t conn) {
    for (const Connection& connection : scene.connections)
        if (static_cast<std::uint32_t>(connection.conn) == conn)
            return &connection;
    return nullptr;
}

void append_mount(JsonObject& object, const StatisticsScene& scene, std::uint32_t conn) {
    const Connection* connection = connection_of(scene, conn);
    object.text("mount_point", connection == nullptr ? "" : connection->mount_point);
    object.text("fs_type", connection == nullptr ? "" : connection->fs_type);
}

// Keys by which programs find a group again; `name` is for people.
void append_key(JsonObject& object, const MessageGroup& group, const StatisticsScene& scene) {
    const GroupBy by = scene.statistics.groups().by();
    const GroupKey& key = group.key;
    constexpr const char* ids[] = {"opcode_number", "nodeid", "pid", nullptr, "server_tid"};
    object.text("name", name_of(group, by));
    object.boolean("known", key.kind != GroupKey::Kind::unknown);
    if (key.kind == GroupKey::Kind::unknown)
        return;
    if (by != GroupBy::opcode)
        object.number("conn", key.conn);
    const char* id = ids[static_cast<std::size_t>(by)];
    if (key.kind == GroupKey::Kind::notification)
        id = "notify_code";
    if (id != nullptr)
        object.number(id, key.id);
    if (by == GroupBy::nodeid)
        object.text("path", scene.path_of ? scene.path_of(ConnId{key.conn}, key.id) : "");
    if (by == GroupBy::conn)
        append_mount(object, scene, key.conn);
    if (by == GroupBy::thread)
        object.number("server_pid", group.server_pid);
}

void append_groups(JsonObject& object, const StatisticsScene& scene, GroupOrder order) {
    const GroupTally& groups = scene.statistics.groups();
    JsonArray rows(object.key("rows"));
    for (const MessageGroup* group : ordered_groups(groups, order)) {
        JsonObject row(rows.element() += '\n');
        append_key(row, *group, scene);
        append_group_tally(row, group->tally);
        row.close();
    }
    rows.close();
    JsonObject others(object.key("others"));
    append_group_tally(others, groups.others());
    others.close();
    JsonObject total(object.key("total"));
    append_group_tally(total, groups.total());
    total.close();
    JsonObject starts(object.key("latency_from"));
    starts.number("queued", groups.latencies_from(LatencyStart::queued));
    starts.number("read", groups.latencies_from(LatencyStart::read));
    starts.number("unknown", groups.latencies_from(LatencyStart::unknown));
    starts.close();
}

void append_compounds(std::string& out, const CompoundStatistics& compounds) {
    JsonObject object(out);
    object.number("requests", compounds.requests());
    object.number("compounds", compounds.compounds());
    object.number("saved", compounds.saved());
    JsonArray operations(object.key("operations"));
    for (const auto& [key, operation] : compounds.operations()) {
        JsonObject row(operations.element());
        row.text("opcode", operation.opcode != nullptr ? std::string(operation.opcode->name)
                                                       : fmt::to_string(operation.opcode_number));
        row.number("opcode_number", operation.opcode_number);
        row.number("requests", operation.requests);
        row.number("replies", operation.replies);
        row.number("errors", operation.errors.total());
        append_errors(row.key("error_names"), operation.errors);
        row.close();
    }
    operations.close();
    object.close();
}

void append_name_hex(std::string& out, std::string_view name) {
    out += '"';
    append_hex(out, std::as_bytes(std::span(name)));
    out += '"';
}

void append_name(std::string& out, const LookedUpName& name, const StatisticsScene& scene) {
    JsonObject object(out);
    object.number("conn", static_cast<std::uint32_t>(name.conn));
    object.number("parent", name.parent);
    object.text("parent_path", scene.path_of ? scene.path_of(name.conn, name.parent) : "");
    object.text("name", name.name);
    if (!is_utf8(name.name))
        append_name_hex(object.key("name_hex"), name.name);
    object.number("lookups", name.lookups);
    object.number("negative", name.negative);
    object.number("within_cache_time", name.within_cache_time);
    object.close();
}

void append_lookups(std::string& out, const StatisticsScene& scene) {
    const LookupStatistics& lookups = scene.statistics.lookups();
    JsonObject object(out);
    object.number("answered", lookups.lookups());
    object.number("negative", lookups.negative());
    object.number("negative_entries", lookups.negative_entries());
    object.number("again", lookups.again());
    object.number("within_cache_time", lookups.within_cache_time());
    object.number("left_out", lookups.left_out());
    JsonArray names(object.key("names"));
    for (const LookedUpName* name : lookups.worst(most_names))
        append_name(names.element(), *name, scene);
    names.close();
    object.close();
}

void append_cache_times(std::string& out, const LookupStatistics& lookups) {
    JsonArray array(out);
    for (std::size_t i = 0; i < CacheTimes::range_count; ++i) {
        JsonObject object(array.element());
        object.text("range", CacheTimes::ranges[i].name);
        object.number_or_null("below_ns", CacheTimes::ranges[i].below_ns);
        object.number("entries", lookups.entries().count(i));
        object.number("negative_entries", lookups.negatives().count(i));
        object.number("attributes", lookups.attributes().count(i));
        object.close();
    }
    array.close();
}

void append_series(std::string& out, const IntervalSeries& series) {
    JsonObject object(out);
    object.signed_number("interval_ns", series.interval_ns());
    if (series.origin_ns())
        object.signed_number("begin_ns", *series.origin_ns());
    else
        object.null("begin_ns");
    JsonArray rows(object.key("rows"));
    for (const auto& [number, tally] : series.intervals()) {
        JsonObject row(rows.element() += '\n');
        row.signed_number("interval", number);
        append_tally(row, tally);
        row.close();
    }
    rows.close();
    object.number("untimed", series.untimed());
    object.number("left_out", series.left_out());
    object.close();
}

void append_connections(std::string& out, const StatisticsScene& scene) {
    JsonArray array(out);
    for (const Connection& connection : scene.connections) {
        const auto conn = static_cast<std::uint32_t>(connection.conn);
        JsonObject object(array.element());
        object.number("conn", conn);
        append_mount(object, scene, conn);
        object.text("tier", connection.tier);
        JsonArray blind(object.key("cannot_see"));
        for (const std::string& phrase : connection.cannot_see) {
            std::string& text = blind.element();
            append_json_string(text, phrase);
        }
        blind.close();
        object.close();
    }
    array.close();
}

} // namespace

void append_statistics_json(std::string& out, const StatisticsScene& scene, GroupOrder order) {
    constexpr const char* words[] = {"opcode", "nodeid", "pid", "conn", "thread"};
    const Statistics& statistics = scene.statistics;
    JsonObject object(out);
    object.text("by", words[static_cast<std::size_t>(statistics.groups().by())]);
    if (scene.filter.empty())
        object.null("filter");
    else
        object.text("filter", scene.filter);
    append_groups(object, scene, order);
    append_compounds(object.key("compounds"), statistics.compounds());
    append_lookups(object.key("lookups"), scene);
    append_cache_times(object.key("cache_times"), statistics.lookups());
    if (statistics.series() != nullptr)
        append_series(object.key("over_time"), *statistics.series());
    else
        object.null("over_time");
    append_connections(object.key("connections"), scene);
    object.number("messages", statistics.seen());
    object.number("refused", statistics.refused());
    object.number("lost", statistics.lost());
    object.close();
    out += '\n';
}

} // namespace fusewire

#include "tests/live/comparison.h"

#include <linux/fuse.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <sstream>
#include <utility>

namespace fusewire::live_test {

namespace {

using Key = std::pair<LogDirection, std::uint64_t>;

template <class Header>
Header header_of(const Buffer& bytes) {
    Header header{};
    std::memcpy(&header, bytes.data(), std::min(sizeof(header), bytes.size()));
    return header;
}

Key key_of(LogDirection direction, const Buffer& bytes) {
    return {direction, direction == LogDirection::request
                           ? header_of<fuse_in_header>(bytes).unique
                           : header_of<fuse_out_header>(bytes).unique};
}

std::string name_of(const Key& key) {
    std::ostringstream text;
    text << (key.first == LogDirection::request ? "request " : "reply ") << key.second;
    return text.str();
}

// Empty if they are equal.
std::string difference(const Buffer& logged, const CapturedRecord& captured) {
    std::size_t size = logged.size();
    if ((captured.record.flags & record_stale) != 0)
        size = std::min(size, sizeof(fuse_out_header));
    std::ostringstream text;
    if (captured.bytes.size() != size || captured.record.wire_length != logged.size()) {
        text << "log " << logged.size() << " bytes, captured " << captured.bytes.size() << " of "
             << captured.record.wire_length << ", flags " << captured.record.flags;
        return text.str();
    }
    const auto [left, right] = std::ranges::mismatch(captured.bytes, logged);
    if (left != captured.bytes.end())
        text << "first different byte at " << left - captured.bytes.begin() << ", flags "
             << captured.record.flags;
    return text.str();
}

} // namespace

std::vector<const LogRecord*> visible_to_tracepoints(const std::vector<LogRecord>& log) {
    const std::set<std::uint32_t> unseen = {FUSE_FORGET, FUSE_BATCH_FORGET, FUSE_INTERRUPT};
    std::vector<const LogRecord*> visible;
    for (const LogRecord& record : log)
        if (record.direction == LogDirection::reply ||
            !unseen.contains(header_of<fuse_in_header>(record.bytes).opcode))
            visible.push_back(&record);
    return visible;
}

Comparison compare(const std::vector<LogRecord>& log, const std::vector<CapturedRecord>& capture) {
    Comparison result;
    std::map<Key, const CapturedRecord*> captured;
    for (const CapturedRecord& record : capture) {
        const Key key = key_of(static_cast<LogDirection>(record.record.direction), record.bytes);
        if (key == Key{LogDirection::request, 0})
            result.nameless++;
        else if (!captured.emplace(key, &record).second)
            result.differences.push_back(name_of(key) + ": captured twice");
    }
    for (const LogRecord* logged : visible_to_tracepoints(log)) {
        const Key key = key_of(logged->direction, logged->bytes);
        const auto found = captured.find(key);
        if (found == captured.end()) {
            result.differences.push_back(name_of(key) + ": in the log, not captured");
            continue;
        }
        const CapturedRecord& other = *found->second;
        captured.erase(found);
        if (const auto text = difference(logged->bytes, other); !text.empty()) {
            result.differences.push_back(name_of(key) + ": " + text);
            continue;
        }
        if ((other.record.flags & record_stale) != 0) {
            result.stale++;
            continue;
        }
        auto& totals = result.equal[static_cast<std::size_t>(logged->direction)];
        totals.messages++;
        totals.bytes += logged->bytes.size();
    }
    for (const auto& [key, record] : captured)
        result.differences.push_back(name_of(key) + ": captured, not in the log");
    return result;
}

} // namespace fusewire::live_test

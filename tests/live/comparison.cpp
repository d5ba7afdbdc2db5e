#include "tests/live/comparison.h"

#include <linux/fuse.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <sstream>
#include <utility>

namespace fusewire::live_test {

namespace {

constexpr std::size_t most_printed = 10;

using Key = std::pair<LogDirection, std::uint64_t>;
using Candidates = std::multimap<Key, const CapturedRecord*>;
using Refusal = std::pair<std::uint64_t, int>; // unique, errno

Key key_of(LogDirection direction, const Buffer& bytes) {
    return {direction, unique_of(bytes, direction)};
}

std::string name_of(const Key& key) {
    std::ostringstream text;
    text << (key.first == LogDirection::request ? "request " : "reply ") << key.second;
    return text.str();
}

// What was on its way is also in the log, but not of the time that is compared.
bool is_message(const CapturedRecord& record) {
    return (record.record.direction == Direction::request ||
            record.record.direction == Direction::reply) &&
           (record.record.flags & record_in_flight) == 0;
}

// A result belongs to the last reply of its thread.
std::multiset<Refusal> captured_refusals(const std::vector<CapturedRecord>& capture) {
    std::map<std::uint32_t, std::uint64_t> last;
    std::multiset<Refusal> refusals;
    for (const CapturedRecord& record : capture) {
        const std::uint32_t thread = record.record.server_tid;
        if (record.record.direction == Direction::reply)
            last[thread] = unique_of(record.bytes, LogDirection::reply);
        if (record.record.direction == Direction::write_result)
            refusals.emplace(last[thread], record.record.result);
    }
    return refusals;
}

class Comparer {
  public:
    Comparer(const TierSight& sight, const ServerWays& ways) : sight_(sight), ways_(ways) {}

    Comparison compare(const std::vector<LogRecord>& log,
                       const std::vector<CapturedRecord>& capture);

  private:
    void add(const CapturedRecord& captured);
    void match(const LogRecord& logged);
    void match_refusals(const std::vector<LogRecord>& log,
                        const std::vector<CapturedRecord>& capture);
    std::string difference(const LogRecord& logged, const CapturedRecord& captured) const;
    Transport expected_transport(const LogRecord& logged) const;
    void differ(const std::string& text) { result_.differences.push_back(text); }

    const TierSight& sight_;
    const ServerWays& ways_;
    Candidates candidates_;
    Comparison result_;
};

// A tracepoint knows the transport of a reply over io_uring, but not how a request will travel.
Transport Comparer::expected_transport(const LogRecord& logged) const {
    const Transport transport = ways_.transport_of(logged);
    const bool told = sight_.tier != "tp" ||
                      (logged.direction == LogDirection::reply && transport == Transport::io_uring);
    return told ? transport : Transport::tracepoint;
}

// Empty if they are equal.
std::string Comparer::difference(const LogRecord& logged, const CapturedRecord& captured) const {
    std::size_t size = logged.bytes.size();
    if ((captured.record.flags & record_stale) != 0)
        size = std::min(size, sizeof(fuse_out_header));
    std::ostringstream text;
    if (captured.bytes.size() != size || captured.record.wire_length != logged.bytes.size()) {
        text << "log " << logged.bytes.size() << " bytes, captured " << captured.bytes.size()
             << " of " << captured.record.wire_length << ", flags " << captured.record.flags;
        return text.str();
    }
    const auto [left, right] = std::ranges::mismatch(captured.bytes, logged.bytes);
    if (left != captured.bytes.end())
        text << "first different byte at " << left - captured.bytes.begin() << " of " << size
             << ", flags " << captured.record.flags;
    else if (captured.record.transport != expected_transport(logged))
        text << "transport " << static_cast<int>(captured.record.transport) << " instead of "
             << static_cast<int>(expected_transport(logged));
    return text.str();
}

void Comparer::add(const CapturedRecord& captured) {
    const Key key = key_of(static_cast<LogDirection>(captured.record.direction), captured.bytes);
    if (key == Key{LogDirection::request, 0})
        result_.nameless++;
    else
        candidates_.emplace(key, &captured);
}

// Of several with one unique, such as notifications, the one that is equal.
void Comparer::match(const LogRecord& logged) {
    const Key key = key_of(logged.direction, logged.bytes);
    const auto [first, last] = candidates_.equal_range(key);
    if (first == last)
        return differ(name_of(key) + ": in the log, not captured");
    auto found = std::find_if(first, last, [&](const auto& candidate) {
        return difference(logged, *candidate.second).empty();
    });
    if (found == last)
        found = first;
    const CapturedRecord& captured = *found->second;
    candidates_.erase(found);
    if (const auto text = difference(logged, captured); !text.empty())
        return differ(name_of(key) + ": " + text);
    if ((captured.record.flags & record_stale) != 0) {
        result_.stale++;
        return;
    }
    auto& totals = result_.equal[static_cast<std::size_t>(logged.direction)];
    totals.messages++;
    totals.bytes += logged.bytes.size();
}

void Comparer::match_refusals(const std::vector<LogRecord>& log,
                              const std::vector<CapturedRecord>& capture) {
    auto captured = captured_refusals(capture);
    for (const LogRecord* record : visible(log, sight_, ways_)) {
        if (record->result == 0)
            continue;
        const std::uint64_t unique = unique_of(record->bytes, LogDirection::reply);
        const auto found = captured.find({unique, record->result});
        if (found == captured.end()) {
            differ("result " + std::to_string(record->result) + " of reply " +
                   std::to_string(unique) + ": not captured");
            continue;
        }
        captured.erase(found);
        result_.results++;
    }
    for (const auto& [unique, result] : captured)
        differ("result " + std::to_string(result) + " of reply " + std::to_string(unique) +
               ": captured, not in the log");
}

Comparison Comparer::compare(const std::vector<LogRecord>& log,
                             const std::vector<CapturedRecord>& capture) {
    for (const CapturedRecord& record : capture)
        if (is_message(record))
            add(record);
    for (const LogRecord* logged : visible(log, sight_, ways_))
        match(*logged);
    for (const auto& [key, record] : candidates_)
        differ(name_of(key) + ": captured, not in the log");
    match_refusals(log, capture);
    return std::move(result_);
}

} // namespace

Comparison compare(const std::vector<LogRecord>& log, const std::vector<CapturedRecord>& capture,
                   const TierSight& sight, const ServerWays& ways) {
    return Comparer(sight, ways).compare(log, capture);
}

void report(const Comparison& comparison, const TierSight& sight) {
    const ComparisonTotals& requests = comparison.of(LogDirection::request);
    const ComparisonTotals& replies = comparison.of(LogDirection::reply);
    const std::pair<const char*, std::uint64_t> numbers[] = {
        {"requests", requests.messages},   {"request_bytes", requests.bytes},
        {"replies", replies.messages},     {"reply_bytes", replies.bytes},
        {"results", comparison.results},   {"stale", comparison.stale},
        {"nameless", comparison.nameless}, {"differences", comparison.differences.size()}};
    const std::string tier(sight.tier);
    testing::Test::RecordProperty("tier", tier);
    std::printf("tier %s, equal to the log:", tier.c_str());
    for (const auto& [name, number] : numbers) {
        testing::Test::RecordProperty(name, std::to_string(number));
        std::printf(" %s %lu", name, static_cast<unsigned long>(number));
    }
    std::printf("\n");
    for (std::size_t i = 0; i < comparison.differences.size() && i < most_printed; i++)
        std::printf("  %s\n", comparison.differences[i].c_str());
}

} // namespace fusewire::live_test

#include "tests/live/tier_sight.h"

#include <linux/fuse.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <set>
#include <stdexcept>

namespace fusewire::live_test {

namespace {

constexpr TierSight table[] = {
    {.tier = "fentry", .device = true, .splice = true, .io_uring = true, .unread = false},
    {.tier = "kprobe", .device = true, .splice = true, .io_uring = true, .unread = false},
    {.tier = "tp", .device = false, .splice = true, .io_uring = true, .unread = true},
    {.tier = "sys", .device = true, .splice = true, .io_uring = false, .unread = false},
};

// Requests that only the device knows. FUSE_NOTIFY_REPLY is not answered either.
const std::set<std::uint32_t> one_way = {FUSE_FORGET, FUSE_BATCH_FORGET, FUSE_INTERRUPT};

template <class Header>
Header header_of(const Buffer& bytes) {
    Header header{};
    std::memcpy(&header, bytes.data(), std::min(sizeof(header), bytes.size()));
    return header;
}

bool only_at_the_device(const LogRecord& record) {
    if (record.direction == LogDirection::request)
        return one_way.contains(opcode_of(record.bytes));
    return record.result != 0 || unique_of(record.bytes, LogDirection::reply) == 0;
}

bool sees(const TierSight& sight, const LogRecord& record, Transport transport) {
    return (sight.device || !only_at_the_device(record)) &&
           (sight.splice || transport != Transport::splice) &&
           (sight.io_uring || transport != Transport::io_uring);
}

} // namespace

bool is_answered(std::uint32_t opcode) {
    return !one_way.contains(opcode) && opcode != FUSE_NOTIFY_REPLY;
}

std::uint32_t opcode_of(const Buffer& request) {
    return header_of<fuse_in_header>(request).opcode;
}

std::uint64_t unique_of(const Buffer& message, LogDirection direction) {
    return direction == LogDirection::request ? header_of<fuse_in_header>(message).unique
                                              : header_of<fuse_out_header>(message).unique;
}

const TierSight& sight_of(std::string_view tier) {
    const auto* found = std::ranges::find(table, tier, &TierSight::tier);
    if (found == std::end(table))
        throw std::invalid_argument("the tests do not know what tier " + std::string(tier) +
                                    " sees");
    return *found;
}

std::vector<std::string> ServerWays::options() const {
    std::vector<std::string> list = {"--requests", requests, "--replies", replies};
    if (io_uring)
        list.emplace_back("--io-uring");
    return list;
}

// INIT comes before the queues are there, and what nobody answers has no use for an entry of one.
// The log of a server with queues begins after INIT, so that its replies all went into them.
Transport ServerWays::transport_of(const LogRecord& record) const {
    const bool request = record.direction == LogDirection::request;
    if (io_uring && !(request && one_way.contains(opcode_of(record.bytes))))
        return Transport::io_uring;
    const std::string& way = request ? requests : replies;
    return way == "splice" || way == "move" ? Transport::splice : Transport::read_write;
}

std::vector<const LogRecord*> visible(const std::vector<LogRecord>& log, const TierSight& sight,
                                      const ServerWays& ways) {
    std::vector<const LogRecord*> records;
    for (const LogRecord& record : log)
        if (sees(sight, record, ways.transport_of(record)))
            records.push_back(&record);
    return records;
}

} // namespace fusewire::live_test

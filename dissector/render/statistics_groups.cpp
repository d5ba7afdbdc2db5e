#include "dissector/opcodes.h"
#include "dissector/render/statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace fusewire {

namespace {

// Larger comes first.
using Weight = std::uint64_t (*)(const MessageGroup& group);
constexpr Weight weights[] = {
    [](const MessageGroup& group) { return group.tally.latency.sum(); },
    [](const MessageGroup& group) { return group.tally.messages(); },
    [](const MessageGroup& group) { return group.tally.errors.total(); },
    [](const MessageGroup& group) { return group.tally.request_bytes + group.tally.reply_bytes; },
    [](const MessageGroup&) { return std::uint64_t{0}; },
};

std::string opcode_name(const MessageGroup& group) {
    if (group.key.opcode != nullptr)
        return group.key.opcode->name;
    const bool notifies = group.key.kind == GroupKey::Kind::notification;
    return fmt::format("{} {}", notifies ? "notification" : "opcode", group.key.id);
}

std::string thread_name(const MessageGroup& group) {
    return fmt::format("{}/{}", group.server_pid, group.key.id);
}

} // namespace

std::vector<const MessageGroup*> ordered_groups(const GroupTally& groups, GroupOrder order) {
    std::vector<const MessageGroup*> list = groups.groups();
    const Weight weight = weights[static_cast<std::size_t>(order)];
    const auto place = [](const MessageGroup& group) {
        return std::tuple(group.key.kind, group.key.conn, group.key.id);
    };
    std::ranges::sort(list, [&](const MessageGroup* a, const MessageGroup* b) {
        const std::uint64_t first = weight(*a), second = weight(*b);
        if (first != second)
            return first > second;
        if (order != GroupOrder::key && a->tally.messages() != b->tally.messages())
            return a->tally.messages() > b->tally.messages();
        return place(*a) < place(*b);
    });
    return list;
}

std::string name_of(const MessageGroup& group, GroupBy by) {
    constexpr const char* unknown[] = {"no request seen", "not known", "not known", "not known",
                                       "not known"};
    if (group.key.kind == GroupKey::Kind::unknown)
        return unknown[static_cast<std::size_t>(by)];
    switch (by) {
    case GroupBy::opcode:
        return opcode_name(group);
    case GroupBy::conn:
        return fmt::to_string(group.key.conn);
    case GroupBy::thread:
        return thread_name(group);
    default:
        return fmt::to_string(group.key.id);
    }
}

} // namespace fusewire

#include "dissector/statistics/lookups.h"

#include "dissector/message_facts.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <tuple>

namespace fusewire {

namespace {

constexpr std::int32_t no_entry = -2; // ENOENT

std::uint32_t number_of(ConnId conn) {
    return static_cast<std::uint32_t>(conn);
}

// As the kernel takes it: nanoseconds are below a second, and what is too much is for ever.
std::uint64_t duration_ns(std::uint64_t seconds, std::uint64_t nanoseconds) {
    constexpr std::uint64_t forever = std::numeric_limits<std::int64_t>::max();
    const std::uint64_t rest = std::min(nanoseconds, CacheTimes::second - 1);
    return seconds >= forever / CacheTimes::second ? forever : seconds * CacheTimes::second + rest;
}

std::int64_t later_by(std::int64_t time_ns, std::uint64_t duration) {
    std::int64_t end = 0;
    return __builtin_add_overflow(time_ns, static_cast<std::int64_t>(duration), &end)
               ? std::numeric_limits<std::int64_t>::max()
               : end;
}

// Where a name of a request leads: RENAME has a second directory.
std::uint64_t parent_of(const Operation& request, NameRole role) {
    const auto other = role == NameRole::created ? request.number("newdir") : std::nullopt;
    return other.value_or(request.nodeid());
}

} // namespace

void CacheTimes::add(std::uint64_t seconds, std::uint64_t nanoseconds) {
    const std::uint64_t time = duration_ns(seconds, nanoseconds);
    for (std::size_t i = 0; i < range_count; ++i)
        if (ranges[i].below_ns == 0 || time < ranges[i].below_ns) {
            ++counts_[i];
            return;
        }
}

std::uint64_t CacheTimes::total() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : counts_)
        sum += count;
    return sum;
}

void LookupStatistics::see(const Decoded& decoded) {
    if (decoded.message.kind == MessageKind::notification)
        see_notification(decoded);
    else if (decoded.message.kind == MessageKind::reply && decoded.exchange.request != nullptr &&
             decoded.exchange.ends_request)
        see_reply(decoded);
}

void LookupStatistics::see_reply(const Decoded& decoded) {
    bool lists = false;
    each_pair(*decoded.exchange.request, decoded.message,
              [&](const Operation& asked, const Operation& answered) {
                  lists = lists || asked.is(Op::readdirplus);
                  see_answer(decoded, asked, answered);
              });
    if (lists)
        see_listing(decoded);
}

void LookupStatistics::see_answer(const Decoded& decoded, const Operation& asked,
                                  const Operation& answered) {
    const bool good = answered.error() == 0;
    if (good)
        if (const auto valid = answered.number("attr_valid"))
            attributes_.add(*valid, answered.number("attr_valid_nsec").value_or(0));
    std::optional<Answer> answer;
    const auto valid = good ? answered.number("entry_valid") : std::nullopt;
    if (const auto nodeid = valid ? answered.number("nodeid") : std::nullopt) {
        answer = Answer{*nodeid, *valid, answered.number("entry_valid_nsec").value_or(0)};
        (*nodeid != 0 ? entries_ : negatives_).add(answer->valid_s, answer->valid_ns);
    }
    for (const UsedName& used : used_names(asked)) {
        if (used.role == NameRole::looked_up) {
            if (answer || answered.error() == no_entry)
                count(decoded, asked, used.name, answer ? &*answer : nullptr);
        } else if (good && used.role != NameRole::xattr && used.role != NameRole::target) {
            const KeyView key{number_of(decoded.record.conn), parent_of(asked, used.role),
                              used.name};
            if (LookedUpName* name = find(key))
                learn(*name, decoded.record, answer ? &*answer : nullptr);
        }
    }
}

void LookupStatistics::count(const Decoded& decoded, const Operation& asked, std::string_view text,
                             const Answer* answer) {
    const bool negative = answer == nullptr || answer->nodeid == 0;
    ++lookups_;
    negative_ += negative ? 1 : 0;
    negative_entries_ += negative && answer != nullptr ? 1 : 0;
    if (has_placeholder_node(asked))
        return;
    const KeyView key{number_of(decoded.record.conn), asked.nodeid(), text};
    LookedUpName* name = find(key);
    if (name == nullptr && (name = add(key)) == nullptr) {
        ++left_out_;
        return;
    }
    again_ += name->lookups > 0 ? 1 : 0;
    ++name->lookups;
    name->negative += negative ? 1 : 0;
    if (name->answered_ns && decoded.exchange.latency_ns) {
        const std::int64_t asked_ns = decoded.record.time_ns - *decoded.exchange.latency_ns;
        if (asked_ns >= *name->answered_ns && asked_ns < name->expires_ns) {
            ++name->within_cache_time;
            ++within_;
        }
    }
    learn(*name, decoded.record, answer);
}

void LookupStatistics::see_listing(const Decoded& decoded) {
    entries_of(*decoded.exchange.request, decoded.message, listed_);
    for (const Entry& entry : listed_) {
        if (entry.origin != EntryOrigin::readdirplus || entry.nodeid == 0)
            continue; // without a nodeid the kernel takes no entry
        entries_.add(entry.entry_valid_s, entry.entry_valid_ns);
        if (entry.attributes)
            attributes_.add(entry.attributes->valid_s, entry.attributes->valid_ns);
        const KeyView key{number_of(decoded.record.conn), entry.parent, entry.name};
        const Answer answer{entry.nodeid, entry.entry_valid_s, entry.entry_valid_ns};
        if (LookedUpName* name = find(key))
            learn(*name, decoded.record, &answer);
    }
}

// One that names a node and a name in it takes back what is cached of that name.
void LookupStatistics::see_notification(const Decoded& decoded) {
    const Node* parent = nullptr;
    for (const Node& node : decoded.message.nodes) {
        if (node.cut)
            return;
        if (node.field->kind == Kind::nodeid && parent == nullptr)
            parent = &node;
        if (node.field->kind != Kind::name || parent == nullptr)
            continue;
        const KeyView key{number_of(decoded.record.conn), parent->value,
                          decoded.message.text_of(node)};
        if (LookedUpName* name = find(key))
            name->answered_ns.reset();
        return;
    }
}

void LookupStatistics::learn(LookedUpName& name, const Record& record, const Answer* answer) {
    name.answered_ns.reset();
    if (answer == nullptr || !record.has_time())
        return;
    name.answered_ns = record.time_ns;
    name.expires_ns = later_by(record.time_ns, duration_ns(answer->valid_s, answer->valid_ns));
}

LookedUpName* LookupStatistics::find(const KeyView& key) {
    const auto known = names_.find(key);
    return known == names_.end() ? nullptr : known->second.get();
}

LookedUpName* LookupStatistics::add(const KeyView& key) {
    if (names_.size() >= kept || key.name.size() > longest_name)
        return nullptr;
    auto fresh = std::make_unique<LookedUpName>();
    fresh->conn = ConnId{key.conn};
    fresh->parent = key.parent;
    fresh->name = key.name;
    const KeyView own{key.conn, key.parent, fresh->name};
    return names_.emplace(own, std::move(fresh)).first->second.get();
}

std::vector<const LookedUpName*> LookupStatistics::worst(std::size_t most) const {
    std::vector<const LookedUpName*> list;
    for (const auto& [key, name] : names_)
        if (name->lookups > 1)
            list.push_back(name.get());
    const auto end = list.begin() + static_cast<std::ptrdiff_t>(std::min(most, list.size()));
    std::partial_sort(list.begin(), end, list.end(),
                      [](const LookedUpName* a, const LookedUpName* b) {
                          return std::tuple(b->lookups, a->conn, a->parent, a->name) <
                                 std::tuple(a->lookups, b->conn, b->parent, b->name);
                      });
    list.erase(end, list.end());
    return list;
}

} // namespace fusewire

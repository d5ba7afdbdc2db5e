#include "dissector/ledger.h"

#include <algorithm>

namespace fusewire {

namespace {

// The first ones stay, and the latest one.
template <class Value>
void note(std::vector<Since<Value>>& values, Value value, std::uint64_t frame) {
    if (!values.empty() && values.back().value == value)
        return;
    if (values.size() == NodeEntry::most_values)
        values.pop_back();
    values.push_back({std::move(value), frame});
}

bool is_bound_by(const FhandleBearer& bearer, const NodeEntry& row) {
    return bearer.nodeid == row.nodeid && bearer.last_frame == 0;
}

} // namespace

bool FhandleEntry::live() const {
    return std::ranges::any_of(bearers,
                               [](const FhandleBearer& bearer) { return bearer.last_frame == 0; });
}

void Ledger::see(const Record& record, const Message& message, const Exchange& exchange,
                 const Checker& checker) {
    const auto state = checker.states().find(static_cast<std::uint32_t>(record.conn));
    if (state == checker.states().end() || exchange.again)
        return;
    const Sight sight{record.conn, record.frame, state->second, checker.verdict()};
    if (sight.state.first_frame == sight.frame)
        end_connection(sight);
    if (message.kind == MessageKind::request)
        see_request(sight, message);
    else if (message.kind == MessageKind::reply && exchange.request != nullptr)
        see_reply(sight, *exchange.request, message);
}

// A connection number came again: what it had is gone with the mount.
void Ledger::end_connection(const Sight& sight) {
    const auto conn = static_cast<std::uint32_t>(sight.conn);
    for (auto row = nodes_.lower_bound({conn, 0}); row != nodes_.end() && row->first.first == conn;
         ++row)
        if (row->second.live())
            end(sight, row->second);
}

void Ledger::see_request(const Sight& sight, const Message& request) {
    each_operation(request, [&](const Operation& operation) {
        see_extensions(sight, operation);
        see_forgets(sight, operation);
        for (const UsedNode& use : used_nodes(operation))
            see_node(sight, use.nodeid);
    });
}

void Ledger::see_extensions(const Sight& sight, const Operation& operation) {
    extension_records(operation, extensions_);
    for (const ExtensionRecord& record : extensions_) {
        FhandleEntry* known =
            record.type == fhandle_extension ? known_fhandle(sight.conn, record.fhandle) : nullptr;
        if (known == nullptr)
            continue;
        ++known->sent;
        known->last_frame = sight.frame;
    }
}

void Ledger::see_forgets(const Sight& sight, const Operation& operation) {
    forgets(operation, forgets_);
    for (const Forgotten& item : forgets_) {
        const auto row = nodes_.find({static_cast<std::uint32_t>(sight.conn), item.nodeid});
        if (row == nodes_.end())
            continue;
        row->second.forgotten += item.nlookup;
        row->second.last_frame = sight.frame;
        if (row->second.live() && sight.state.find(item.nodeid) == nullptr)
            end(sight, row->second);
    }
}

void Ledger::see_reply(const Sight& sight, const Message& request, const Message& reply) {
    entries_of(request, reply, entries_);
    for (const Entry& entry : entries_)
        see_entry(sight, entry);
    each_operation(request, [&](const Operation& operation) {
        for (const UsedNode& use : used_nodes(operation))
            see_node(sight, use.nodeid);
        const auto folder = operation.number("newdir");
        const NameState* moved =
            folder ? sight.state.at(*folder, operation.text("newname")) : nullptr;
        if (moved != nullptr)
            see_node(sight, moved->nodeid);
    });
}

void Ledger::see_entry(const Sight& sight, const Entry& entry) {
    const bool uncounted =
        entry.origin == EntryOrigin::readdirplus && (entry.name == "." || entry.name == "..");
    NodeEntry* row = entry.nodeid == 0 || uncounted ? nullptr : see_node(sight, entry.nodeid);
    if (row == nullptr)
        return;
    ++row->sent;
    if (!sight.verdict.keeps_results())
        return;
    ++row->accepted;
    if (entry.fhandle.sound())
        if (FhandleEntry* known = known_fhandle(sight.conn, entry.fhandle.bytes))
            ++known->returned;
}

// What is known of the node now; nullptr when it is not live.
NodeEntry* Ledger::see_node(const Sight& sight, std::uint64_t nodeid) {
    const NodeState* node = sight.state.find(nodeid);
    NodeEntry* row = node == nullptr ? nullptr : row_of(sight, nodeid);
    if (row == nullptr)
        return nullptr;
    row->last_frame = sight.frame;
    row->forgotten_frame = 0;
    row->assumed = node->assumed;
    if (node->accepted > 0)
        note(row->generations, node->generation, sight.frame);
    if (node->attributes) {
        row->type = node->type();
        row->ino = node->attributes->ino;
    }
    note(row->paths, sight.state.path(nodeid), sight.frame);
    see_fhandle(sight, *row, *node);
    return row;
}

void Ledger::see_fhandle(const Sight& sight, NodeEntry& row, const NodeState& node) {
    const std::string bytes = node.handle_state == HandleState::known ? node.handle : std::string();
    if (row.fhandles.empty() && bytes.empty())
        return;
    if (row.fhandles.empty() || row.fhandles.back().value != bytes) {
        end_fhandle(sight, row);
        note(row.fhandles, bytes, sight.frame);
    }
    if (!bytes.empty())
        bear(sight, row);
}

void Ledger::bear(const Sight& sight, const NodeEntry& row) {
    const std::string& bytes = row.fhandles.back().value;
    FhandleEntry* fhandle = known_fhandle(sight.conn, bytes);
    if (fhandle == nullptr && fhandles_.size() >= kept) {
        ++dropped_;
        return;
    }
    if (fhandle == nullptr) {
        fhandle = &fhandles_[{static_cast<std::uint32_t>(sight.conn), bytes}];
        fhandle->conn = sight.conn;
        fhandle->bytes = bytes;
        fhandle->first_frame = sight.frame;
    }
    fhandle->last_frame = sight.frame;
    const auto bound = [&](const FhandleBearer& bearer) { return is_bound_by(bearer, row); };
    if (std::ranges::any_of(fhandle->bearers, bound))
        return;
    if (fhandle->bearers.size() == FhandleEntry::most_bearers) {
        ++fhandle->more_bearers;
        return;
    }
    const std::uint64_t generation = row.generations.empty() ? 0 : row.generations.back().value;
    fhandle->bearers.push_back({row.nodeid, generation, sight.frame, 0});
}

void Ledger::end(const Sight& sight, NodeEntry& row) {
    row.forgotten_frame = sight.frame;
    end_fhandle(sight, row);
    if (!row.fhandles.empty())
        note(row.fhandles, std::string(), sight.frame);
}

void Ledger::end_fhandle(const Sight& sight, const NodeEntry& row) {
    if (row.fhandles.empty() || row.fhandles.back().value.empty())
        return;
    FhandleEntry* fhandle = known_fhandle(sight.conn, row.fhandles.back().value);
    if (fhandle == nullptr)
        return;
    for (FhandleBearer& bearer : fhandle->bearers)
        if (is_bound_by(bearer, row))
            bearer.last_frame = sight.frame;
}

NodeEntry* Ledger::row_of(const Sight& sight, std::uint64_t nodeid) {
    const Key key{static_cast<std::uint32_t>(sight.conn), nodeid};
    if (const auto found = nodes_.find(key); found != nodes_.end())
        return &found->second;
    if (nodes_.size() >= kept) {
        ++dropped_;
        return nullptr;
    }
    NodeEntry& row = nodes_[key];
    row.conn = sight.conn;
    row.nodeid = nodeid;
    row.first_frame = sight.frame;
    return &row;
}

FhandleEntry* Ledger::known_fhandle(ConnId conn, std::string_view bytes) {
    const auto found =
        fhandles_.find(FhandleKey{static_cast<std::uint32_t>(conn), std::string(bytes)});
    return found == fhandles_.end() ? nullptr : &found->second;
}

} // namespace fusewire

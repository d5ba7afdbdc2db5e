#include "dissector/state.h"

#include <algorithm>
#include <functional>

namespace fusewire {

namespace {

// Inserts into a map of bounded size whose oldest entries go first.
template <class Map, class Order>
void remember_in(Map& map, Order& order, const typename Map::key_type& key,
                 typename Map::mapped_type value) {
    if (map.insert_or_assign(key, std::move(value)).second)
        order.push_back(key);
    if (order.size() > State::remembered) {
        map.erase(order.front());
        order.pop_front();
    }
}

template <class Map, class Key>
const typename Map::mapped_type* find_in(const Map& map, const Key& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

} // namespace

bool NodeState::may_hold(std::string_view fhandle) const {
    if (foreign_handle || older_handles.size() == most_handles)
        return true; // nobody knows
    return (handle_state == HandleState::known && handle == fhandle) ||
           std::find(older_handles.begin(), older_handles.end(), fhandle) != older_handles.end();
}

std::uint64_t xattr_key(std::uint64_t nodeid, std::string_view name) {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15u;
    return std::hash<std::string_view>{}(name) ^ (nodeid + 1) * odd;
}

NodeState* State::find(std::uint64_t nodeid) {
    const auto found = nodes.find(nodeid);
    return found == nodes.end() ? nullptr : &found->second;
}

const NodeState* State::find(std::uint64_t nodeid) const {
    return find_in(nodes, nodeid);
}

const ForgottenNode* State::forgotten(std::uint64_t nodeid) const {
    return find_in(forgotten_, nodeid);
}

NodeState& State::assume(std::uint64_t nodeid, std::uint64_t frame) {
    NodeState& node = introduce(nodeid, frame);
    node.assumed = true;
    return node;
}

NodeState& State::introduce(std::uint64_t nodeid, std::uint64_t frame) {
    const auto [found, added] = nodes.try_emplace(nodeid);
    NodeState& node = found->second;
    if (added) {
        node.nodeid = nodeid;
        node.introduced_frame = frame;
        introduced_.emplace_back(nodeid, frame);
        make_room();
    }
    return node;
}

// A capture without FORGETs, or a hostile one, introduces nodes without end.
void State::make_room() {
    const auto introduced = [&](const auto& entry) -> NodeState* {
        NodeState* node = find(entry.first);
        return node != nullptr && node->introduced_frame == entry.second ? node : nullptr;
    };
    while (nodes.size() > node_limit && introduced_.size() > 1) {
        NodeState* oldest = introduced(introduced_.front());
        introduced_.pop_front();
        if (oldest == nullptr || oldest->nodeid == root_nodeid)
            continue;
        drop_handle(*oldest, HandleState::none);
        erase(*oldest);
        gap = true;
    }
    if (introduced_.size() > 2 * nodes.size() + 1024)
        std::erase_if(introduced_, [&](const auto& entry) { return introduced(entry) == nullptr; });
}

// With the names that lead to it.
void State::erase(NodeState& node) {
    for (const NameKey& key : node.names)
        if (const auto named = names_.find(key);
            named != names_.end() && named->second.nodeid == node.nodeid)
            names_.erase(named);
    nodes.erase(node.nodeid);
}

void State::forget(std::uint64_t nodeid, std::uint64_t nlookup, std::uint64_t frame) {
    NodeState* node = find(nodeid);
    if (node == nullptr)
        return;
    node->accepted -= std::min(node->accepted, nlookup);
    node->sent -= std::min(node->sent, nlookup);
    // The kernel forgets a node with its last reference, so what it never counted goes along.
    if (node->accepted > 0 || nodeid == root_nodeid)
        return;
    remember_handle(*node, frame);
    ForgottenNode memory{.generation = node->generation,
                         .type = node->type(),
                         .ino = node->attributes ? node->attributes->ino : 0,
                         .handle = node->handle,
                         .frame = frame,
                         .name = {node->parent, node->name},
                         .uncertain = node->sent > 0};
    drop_handle(*node, HandleState::none);
    erase(*node);
    remember_in(forgotten_, forgotten_order_, nodeid, std::move(memory));
}

void State::name(std::uint64_t parent, std::string_view name, const NameState& leads_to) {
    NodeState* node = find(leads_to.nodeid);
    if (node == nullptr || name.empty() || name == "." || name == "..")
        return;
    NameKey key{parent, std::string(name)};
    const auto [known, added] = names_.try_emplace(key, leads_to);
    if (added && names_.size() > node_limit) { // more links to one node than it keeps names
        names_.erase(known);
        gap = true;
        return;
    }
    if (!added) {
        if (known->second.nodeid != leads_to.nodeid)
            if (NodeState* old = find(known->second.nodeid))
                std::erase(old->names, key);
        known->second = leads_to;
    }
    if (node->parent != parent || node->name != name) {
        node->parent = parent;
        node->name.assign(name);
    }
    if (node->names.size() < NodeState::most_names &&
        std::find(node->names.begin(), node->names.end(), key) == node->names.end())
        node->names.push_back(key);
    removed_.erase(key);
}

void State::unname(std::uint64_t parent, std::string_view name, const RemovedName& how) {
    const auto named = names_.find(NameView{parent, name});
    RemovedName memory = how;
    if (named != names_.end()) {
        memory.nodeid = named->second.nodeid;
        if (NodeState* node = find(named->second.nodeid)) {
            std::erase(node->names, named->first);
            if (!node->names.empty() && node->parent == parent && node->name == name) {
                node->parent = node->names.back().first;
                node->name = node->names.back().second;
            }
        }
        names_.erase(named);
    }
    if (how.frame != 0)
        remember_in(removed_, removed_order_, NameKey{parent, std::string(name)}, memory);
}

void State::expire(std::uint64_t parent, std::string_view name) {
    if (const auto named = names_.find(NameView{parent, name}); named != names_.end())
        named->second.expired = true;
}

bool State::cached(const NameState& name, std::optional<std::int64_t> now_ns) const {
    return !name.expired && name.frame >= epoch_frame && name.expires_ns && now_ns &&
           *now_ns < *name.expires_ns;
}

const NameState* State::at(std::uint64_t parent, std::string_view name) const {
    return find_in(names_, NameView{parent, name});
}

const RemovedName* State::removed(std::uint64_t parent, std::string_view name) const {
    return find_in(removed_, NameView{parent, name});
}

std::string State::path(std::uint64_t nodeid) const {
    constexpr int deepest = 64; // a cycle of wrong parents must end somewhere
    std::string path;
    for (int depth = 0; nodeid != root_nodeid; ++depth) {
        const NodeState* node = find(nodeid);
        if (depth == deepest || node == nullptr || node->name.empty())
            return path.insert(0, 1, '?');
        path.insert(0, node->name).insert(0, 1, '/');
        nodeid = node->parent;
    }
    return path.empty() ? "/" : path;
}

void State::set_handle(NodeState& node, std::string_view handle, std::uint64_t frame) {
    if (node.handle_state == HandleState::known && node.handle == handle)
        return;
    drop_handle(node, HandleState::known);
    node.handle.assign(handle);
    node.handle_frame = frame;
    if (handle.empty())
        return;
    constexpr std::size_t most_owners = 16; // a server may give every node the same
    if (auto& owners = handle_owners_[node.handle]; owners.size() < most_owners)
        owners.push_back(node.nodeid);
}

void State::drop_handle(NodeState& node, HandleState now) {
    if (const auto owners = handle_owners_.find(node.handle); owners != handle_owners_.end()) {
        std::erase(owners->second, node.nodeid);
        if (owners->second.empty())
            handle_owners_.erase(owners);
    }
    if (node.handle_state == HandleState::known && node.older_handles.size() < node.most_handles)
        node.older_handles.push_back(std::move(node.handle));
    node.handle.clear();
    node.handle_state = now;
    node.foreign_handle |= now == HandleState::unsound;
}

void State::remember_handle(const NodeState& node, std::uint64_t frame) {
    if (node.handle.empty())
        return;
    remember_in(forgotten_handles_, forgotten_handle_order_, node.handle,
                ForgottenHandle{node.nodeid, frame, node.attributes ? node.attributes->ino : 0,
                                node.type()});
}

std::uint64_t State::handle_owner(std::string_view handle, std::uint64_t except) const {
    const auto* owners = find_in(handle_owners_, handle);
    if (owners != nullptr)
        for (const std::uint64_t nodeid : *owners)
            if (nodeid != except)
                return nodeid;
    return 0;
}

const ForgottenHandle* State::forgotten_handle(std::string_view handle) const {
    return find_in(forgotten_handles_, handle);
}

OpenFile* State::find(const FhKey& key) {
    const auto found = files.find(key);
    return found == files.end() ? nullptr : &found->second;
}

const OpenFile* State::find(const FhKey& key) const {
    return find_in(files, key);
}

OpenFile& State::open(const FhKey& key, std::uint64_t frame) {
    const auto space = static_cast<std::size_t>(key.space);
    OpenFile& file = files[key];
    if (file.opens > 0 || other_node(key.space, key.fh, key.nodeid) != 0) {
        shared_fhs_[space] = true;
        open_on_[space].clear();
    }
    if (!shared_fhs_[space])
        open_on_[space][key.fh] = key.nodeid;
    ++file.opens;
    file.open_frame = frame;
    return file;
}

void State::release(const FhKey& key, std::uint64_t frame) {
    OpenFile& file = files[key];
    ++file.released;
    file.release_frame = frame;
    if (file.opens > 0 && --file.opens == 0)
        open_on_[static_cast<std::size_t>(key.space)].erase(key.fh);
    if (file.opens > 0)
        return;
    released_order_.push_back(key);
    if (released_order_.size() <= remembered)
        return;
    if (const auto old = files.find(released_order_.front());
        old != files.end() && old->second.opens == 0)
        files.erase(old);
    released_order_.pop_front();
}

std::uint64_t State::other_node(FhSpace space, std::uint64_t fh, std::uint64_t except) const {
    const std::uint64_t* nodeid = find_in(open_on_[static_cast<std::size_t>(space)], fh);
    return nodeid == nullptr || *nodeid == except ? 0 : *nodeid;
}

} // namespace fusewire

#include "dissector/state.h"

#include <algorithm>

namespace fusewire {

NodeState* State::find(std::uint64_t nodeid) {
    const auto found = nodes.find(nodeid);
    return found == nodes.end() ? nullptr : &found->second;
}

const NodeState* State::find(std::uint64_t nodeid) const {
    const auto found = nodes.find(nodeid);
    return found == nodes.end() ? nullptr : &found->second;
}

const ForgottenNode* State::forgotten(std::uint64_t nodeid) const {
    const auto found = forgotten_.find(nodeid);
    return found == forgotten_.end() ? nullptr : &found->second;
}

NodeState& State::assume(std::uint64_t nodeid, std::uint64_t frame) {
    NodeState& node = introduce(nodeid, frame);
    node.assumed = true;
    return node;
}

NodeState& State::introduce(std::uint64_t nodeid, std::uint64_t frame) {
    NodeState& node = nodes[nodeid];
    if (!node.live() || node.introduced_frame == 0) {
        node.nodeid = nodeid;
        node.introduced_frame = frame;
    }
    return node;
}

void State::forget(std::uint64_t nodeid, std::uint64_t nlookup, std::uint64_t frame) {
    NodeState* node = find(nodeid);
    if (node == nullptr)
        return;
    node->accepted -= std::min(node->accepted, nlookup);
    node->sent -= std::min(node->sent, nlookup);
    if (node->accepted > 0 || nodeid == root_nodeid)
        return;
    ForgottenNode memory{node->generation, node->type(),
                         node->attributes ? node->attributes->ino : 0, std::move(node->handle),
                         frame};
    for (const NameKey& key : node->names)
        if (const auto named = names_.find(key); named != names_.end() && named->second == nodeid)
            names_.erase(named);
    nodes.erase(nodeid);
    forgotten_.insert_or_assign(nodeid, std::move(memory));
    forgotten_order_.push_back(nodeid);
    if (forgotten_order_.size() > remembered) {
        forgotten_.erase(forgotten_order_.front());
        forgotten_order_.pop_front();
    }
}

void State::name(std::uint64_t nodeid, std::uint64_t parent, std::string_view name) {
    NodeState* node = find(nodeid);
    if (node == nullptr || name.empty() || name == "." || name == "..")
        return;
    node->parent = parent;
    node->name.assign(name);
    const NameKey key{parent, std::string(name)};
    if (std::find(node->names.begin(), node->names.end(), key) == node->names.end())
        node->names.push_back(key);
    names_.insert_or_assign(key, nodeid);
}

void State::unname(std::uint64_t parent, std::string_view name) {
    const NameKey key{parent, std::string(name)};
    const auto named = names_.find(key);
    if (named == names_.end())
        return;
    if (NodeState* node = find(named->second))
        std::erase(node->names, key);
    names_.erase(named);
}

const NodeState* State::at(std::uint64_t parent, std::string_view name) const {
    const auto found = names_.find(NameKey{parent, std::string(name)});
    return found == names_.end() ? nullptr : find(found->second);
}

std::string State::path(std::uint64_t nodeid) const {
    constexpr int deepest = 64; // a cycle of wrong parents must end somewhere
    std::string path;
    for (int depth = 0; nodeid != root_nodeid; ++depth) {
        const NodeState* node = find(nodeid);
        if (depth == deepest || node == nullptr || node->name.empty())
            return path.insert(0, "?");
        path.insert(0, "/" + node->name);
        nodeid = node->parent;
    }
    return path.empty() ? "/" : path;
}

OpenFile* State::find(const FhKey& key) {
    const auto found = files.find(key);
    return found == files.end() ? nullptr : &found->second;
}

const OpenFile* State::find(const FhKey& key) const {
    const auto found = files.find(key);
    return found == files.end() ? nullptr : &found->second;
}

} // namespace fusewire

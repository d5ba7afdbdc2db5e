#include "tests/live/raw_tree.h"

#include <sys/stat.h>

#include <ctime>

namespace fusewire::live_test {

namespace {

// Bytes that repeat nowhere near, so that a shifted or swapped page is noticed.
std::vector<std::byte> noise(std::uint64_t size, std::uint64_t seed) {
    std::vector<std::byte> bytes(size);
    std::uint64_t state = seed * 0x9e3779b97f4a7c15ull + 1;
    for (std::byte& byte : bytes) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        byte = static_cast<std::byte>(state >> 32);
    }
    return bytes;
}

} // namespace

bool RawNode::is_directory() const {
    return S_ISDIR(mode);
}

RawTree::RawTree(const RawTreeOptions& options) {
    RawNode root;
    root.nodeid = root.parent = next_id_++;
    root.mode = S_IFDIR | 0755;
    root.links = 2;
    root.mtime = static_cast<std::uint64_t>(time(nullptr));
    nodes_.emplace(root.nodeid, root);

    RawNode& top = nodes_.begin()->second;
    for (unsigned i = 0; i < options.files; i++)
        add(top, "file" + std::to_string(i), S_IFREG | 0644).content = noise(options.file_bytes, i);
    RawNode& many = add(top, "many", S_IFDIR | 0755);
    for (unsigned i = 0; i < options.entries; i++)
        add(many, "entry with a longer name " + std::to_string(i), S_IFREG | 0600);
}

RawNode* RawTree::find(std::uint64_t nodeid) {
    const auto found = nodes_.find(nodeid);
    return found == nodes_.end() ? nullptr : &found->second;
}

RawNode* RawTree::lookup(std::uint64_t parent, const std::string& name) {
    RawNode* directory = find(parent);
    if (directory == nullptr)
        return nullptr;
    const auto child = directory->children.find(name);
    return child == directory->children.end() ? nullptr : find(child->second);
}

RawNode& RawTree::add(RawNode& parent, const std::string& name, std::uint32_t mode) {
    RawNode& node = nodes_[next_id_];
    node.nodeid = next_id_++;
    node.parent = parent.nodeid;
    node.mode = mode;
    node.mtime = parent.mtime;
    node.links = S_ISDIR(mode) ? 2 : 1;
    parent.children[name] = node.nodeid;
    return node;
}

} // namespace fusewire::live_test

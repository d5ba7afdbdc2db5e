// The file system that raw_server serves: a tree in memory, of which nothing is ever forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fusewire::live_test {

struct RawNode {
    std::uint64_t nodeid = 0;
    std::uint64_t parent = 0;
    std::uint32_t mode = 0; // type and permissions
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::uint32_t links = 1;
    std::uint64_t mtime = 0;                       // seconds
    std::vector<std::byte> content;                // of a file; the target of a symbolic link
    std::map<std::string, std::uint64_t> children; // of a directory
    std::map<std::string, std::string> xattrs;

    bool is_directory() const;
};

// Size and look of the tree at the start.
struct RawTreeOptions {
    unsigned files = 16;             // /file0 ...
    std::uint64_t file_bytes = 4096; // each, of reproducible noise
    unsigned entries = 100;          // empty files in /many
};

class RawTree {
  public:
    explicit RawTree(const RawTreeOptions& options);

    // nullptr: no such node.
    RawNode* find(std::uint64_t nodeid);

    // nullptr: not there, or `parent` is no directory.
    RawNode* lookup(std::uint64_t parent, const std::string& name);

    // A new node in `parent`; the name must be free.
    RawNode& add(RawNode& parent, const std::string& name, std::uint32_t mode);

    std::size_t size() const { return nodes_.size(); }

  private:
    std::map<std::uint64_t, RawNode> nodes_;
    std::uint64_t next_id_ = 1;
};

} // namespace fusewire::live_test

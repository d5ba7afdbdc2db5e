// LockTable: the file locks that a server granted and nobody gave back since, by node. Locks of
// fcntl(2) and of flock(2) do not see each other. Where it cannot be sure that a lock is still held,
// it has none: what it says of a conflict is true, but it does not know all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace fusewire {

enum class LockKind : std::uint8_t { posix, flock };

// Bytes from `start` to `end`, both included.
struct Lock {
    static constexpr std::uint64_t to_eof = INT64_MAX; // end of a lock that grows with the file

    LockKind kind = LockKind::posix;
    bool write = false;
    std::uint64_t owner = 0;
    std::uint64_t start = 0;
    std::uint64_t end = to_eof;
    std::uint64_t fh = 0;    // open file that it was asked through
    std::uint64_t frame = 0; // of the reply that granted it

    bool overlaps(const Lock& other) const { return start <= other.end && other.start <= end; }
    bool of_same_owner(const Lock& other) const {
        return kind == other.kind && owner == other.owner;
    }
};

class LockTable {
  public:
    // Locks remembered; those granted beyond are not.
    static constexpr std::size_t node_limit = 512;
    static constexpr std::size_t limit = std::size_t{1} << 16;

    // Replaces what the owner had in the range; joins what touches it and is alike.
    void grant(std::uint64_t nodeid, const Lock& lock);
    // Takes the range of `lock` away from what its owner has; what is left is split.
    void release(std::uint64_t nodeid, const Lock& lock);
    // Everything that was locked through an open file of the node.
    void release_fh(std::uint64_t nodeid, std::uint64_t fh);
    void release_node(std::uint64_t nodeid);

    // A lock of another owner that keeps this one from being granted; nullptr: none.
    const Lock* conflict(std::uint64_t nodeid, const Lock& wanted) const;
    // A lock that was asked through this open file; nullptr: none.
    const Lock* held(std::uint64_t nodeid, LockKind kind, std::uint64_t fh) const;
    std::size_t size() const { return size_; }

  private:
    using Locks = std::vector<Lock>;
    void put(std::uint64_t nodeid, Locks&& locks);
    const Locks* at(std::uint64_t nodeid) const;

    std::unordered_map<std::uint64_t, Locks> nodes_;
    std::size_t size_ = 0;
};

} // namespace fusewire

// DirectoryReads: what the server returned on each open directory, so that repeats can be told from
// going on, and the latest directory entry of each name. Bounded by open directories and by a cap on
// records; names are kept as hashes.
#pragma once

#include "dissector/bounded_map.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace fusewire {

struct DirentRecord;

// A name as READDIR or READDIRPLUS listed it last.
struct DirentFact {
    std::uint64_t ino = 0;
    std::uint64_t frame = 0; // of the reply
    std::uint32_t type = 0;  // DT_*
};

// What was read of one open directory. A pass begins where offset 0 is asked for; numbers of passes
// tell what belongs to the running one.
struct DirectoryRead {
    static constexpr std::size_t most_records = std::size_t{1} << 16;

    struct Listed {
        std::uint64_t other = 0; // hash of the name for an `off`, `off` for a name
        std::uint32_t pass = 0;  // the latest one
    };
    std::map<std::uint64_t, Listed> offsets;         // by `off`
    std::unordered_map<std::uint64_t, Listed> names; // by hash_of()
    std::optional<std::uint64_t> end_offset;         // in this pass, where nothing was left
    std::uint64_t end_frame = 0;
    std::uint64_t highest = 0;    // `off` of this pass
    std::uint64_t pass_frame = 0; // of the request that began it
    std::uint64_t serial = 0;     // tells directories with equal keys apart
    std::uint32_t pass = 0;       // 0: no beginning was seen
    bool whole = true;            // nothing was left out because there was too much
    bool looped = false;          // this pass returned one `off` for two names

    bool returned(std::uint64_t off) const { return offsets.contains(off); }
    bool returned_in_pass(std::uint64_t off) const;
    // Where this pass listed the name; nullptr: nowhere.
    const Listed* listed_in_pass(std::uint64_t name_hash) const;
};

// One successful reply to READDIR or READDIRPLUS.
struct Listing {
    std::uint64_t nodeid = 0;
    std::uint64_t fh = 0;
    std::uint64_t offset = 0; // asked for
    std::uint64_t request_frame = 0;
    std::uint64_t frame = 0;
    std::span<const DirentRecord> records; // that the kernel reads
    bool whole = true;                     // all of them were captured
    bool stable = true; // nothing was changed in the directory while the request was on its way
};

class DirectoryReads {
  public:
    static constexpr std::size_t most_directories = 4096;
    static constexpr std::size_t most_records = std::size_t{1} << 19;
    static constexpr std::size_t most_dirents = std::size_t{1} << 16;

    const DirectoryRead* find(std::uint64_t nodeid, std::uint64_t fh) const;
    // nullptr: not listed, or something happened to the name since.
    const DirentFact* dirent_at(std::uint64_t parent, std::string_view name) const;

    void listed(const Listing& listing);
    void closed(std::uint64_t nodeid, std::uint64_t fh);
    // The name was made, moved or removed.
    void changed(std::uint64_t parent, std::string_view name);

    static std::uint64_t hash_of(std::string_view name);
    std::size_t records() const { return records_; }

  private:
    using Key = std::pair<std::uint64_t, std::uint64_t>; // nodeid, fh

    DirectoryRead& directory(const Key& key);
    void keep(DirectoryRead& read, const DirentRecord& record);

    std::map<Key, DirectoryRead> reads_;
    std::deque<std::pair<Key, std::uint64_t>> order_; // with serials; some were closed since
    std::size_t records_ = 0;                         // offsets and names kept
    std::uint64_t serial_ = 0;
    BoundedMap<std::uint64_t, DirentFact, most_dirents> dirents_; // by hash of parent and name
};

} // namespace fusewire

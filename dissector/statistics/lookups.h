// LookupStatistics: which names the kernel asks for again and again, which of them are not there, and
// how long the kernel was allowed to keep the answers. Memory is bounded; of too many names the latest
// are only counted.
#pragma once

#include "dissector/entry.h"
#include "dissector/session.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fusewire {

struct LookedUpName {
    ConnId conn{};
    std::uint64_t parent = 0;
    std::string name;
    std::uint64_t lookups = 0;  // that were answered
    std::uint64_t negative = 0; // of them: there was no such name
    // Of them: asked although the answer before was known and had not expired.
    std::uint64_t within_cache_time = 0;
    std::optional<std::int64_t> answered_ns; // the latest answer; absent: no clock, or taken back
    std::int64_t expires_ns = 0;             // of that answer
};

// Times that the server allows something to be cached for.
class CacheTimes {
  public:
    struct Range {
        const char* name;
        std::uint64_t below_ns; // exclusive; 0: no limit
    };
    static constexpr std::uint64_t second = 1'000'000'000;
    static constexpr Range ranges[] = {{"0", 1},
                                       {"below 1 s", second},
                                       {"1 s to 10 s", 10 * second},
                                       {"10 s to 1 min", 60 * second},
                                       {"1 min to 1 h", 3600 * second},
                                       {"1 h and more", 0}};
    static constexpr std::size_t range_count = std::size(ranges);

    void add(std::uint64_t seconds, std::uint64_t nanoseconds);
    std::uint64_t count(std::size_t range) const { return counts_[range]; }
    std::uint64_t total() const;

  private:
    std::array<std::uint64_t, range_count> counts_{};
};

class LookupStatistics {
  public:
    static constexpr std::size_t kept = std::size_t{1} << 17; // names
    static constexpr std::size_t longest_name = 1024;         // bytes

    void see(const Decoded& decoded);

    std::uint64_t lookups() const { return lookups_; }   // that were answered
    std::uint64_t negative() const { return negative_; } // of them: no such name
    // Of these: with an entry without a node, which the kernel may cache, instead of ENOENT.
    std::uint64_t negative_entries() const { return negative_entries_; }
    // Lookups of a name that had been looked up before.
    std::uint64_t again() const { return again_; }
    std::uint64_t within_cache_time() const { return within_; }
    // Lookups of names that were too many or too long to be kept.
    std::uint64_t left_out() const { return left_out_; }
    // The names that were looked up most often, at least twice.
    std::vector<const LookedUpName*> worst(std::size_t most) const;

    const CacheTimes& entries() const { return entries_; }
    const CacheTimes& negatives() const { return negatives_; }
    const CacheTimes& attributes() const { return attributes_; }

  private:
    struct KeyView {
        std::uint32_t conn;
        std::uint64_t parent;
        std::string_view name;
        bool operator==(const KeyView&) const = default;
    };
    // Refers to the name in the value, which keeps its address.
    struct KeyHash {
        std::size_t operator()(const KeyView& key) const {
            constexpr std::uint64_t odd = 0x9e3779b97f4a7c15u;
            return std::hash<std::string_view>{}(key.name) ^ (key.parent + 1) * odd ^ key.conn;
        }
    };
    struct Answer {
        std::uint64_t nodeid = 0;
        std::uint64_t valid_s = 0;
        std::uint64_t valid_ns = 0;
    };

    void see_reply(const Decoded& decoded);
    void see_answer(const Decoded& decoded, const Operation& asked, const Operation& answered);
    void see_listing(const Decoded& decoded);
    void see_notification(const Decoded& decoded);
    void count(const Decoded& decoded, const Operation& asked, std::string_view name,
               const Answer* answer);
    LookedUpName* find(const KeyView& key);
    LookedUpName* add(const KeyView& key);
    void learn(LookedUpName& name, const Record& record, const Answer* answer);

    std::unordered_map<KeyView, std::unique_ptr<LookedUpName>, KeyHash> names_;
    CacheTimes entries_;
    CacheTimes negatives_;
    CacheTimes attributes_;
    std::uint64_t lookups_ = 0;
    std::uint64_t negative_ = 0;
    std::uint64_t negative_entries_ = 0;
    std::uint64_t again_ = 0;
    std::uint64_t within_ = 0;
    std::uint64_t left_out_ = 0;
    std::vector<Entry> listed_; // for its memory
};

} // namespace fusewire

// Course: how far a conversation has come, for rules that ask "was that still possible here?". Kept by
// dissector/state_update.cpp; a few numbers, whatever the capture holds.
#pragma once

#include "dissector/requests.h"

#include <cstdint>
#include <optional>

namespace fusewire {

struct Message;

struct Course {
    // Time without a message and without an unanswered request, after which nothing can be left in the
    // kernel's queue that was put there before.
    static constexpr std::int64_t lull_ns = 50'000'000;

    std::uint64_t init_unique = 0;      // of the latest INIT request; 0: none
    std::uint64_t zero_entry_frame = 0; // of a LOOKUP_HANDLE reply that gave nodeid 0; 0: none
    std::uint64_t lull_frame = 0;       // of the first request after the latest lull; 0: none
    std::optional<std::int64_t> last_ns;
    bool cuse = false; // a character device: nothing has a nodeid

    // A request that comes now comes after a lull.
    bool in_lull(const Record& record, const Requests& requests) const;
    // Whether a lull lies between that frame and a request that comes now.
    bool lull_since(std::uint64_t frame, const Record& record, const Requests& requests) const {
        return lull_frame > frame || in_lull(record, requests);
    }

    // `requests` are those before this one.
    void request(const Message& message, const Record& record, const Requests& requests);
    void reply(const Record& record);
};

} // namespace fusewire

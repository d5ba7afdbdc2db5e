// ConnectionState: what a text has said so far on one connection; replies find their requests here.
#pragma once

#include "dissector/record.h"

#include <map>

#include "samples/builder/encoder.h"

namespace fusewire::samples {

inline constexpr std::uint64_t latest_minor = 46;
inline constexpr std::uint64_t resend_bit = std::uint64_t{1} << 63;

struct ConnectionState {
    struct Asked {
        std::uint64_t unique = 0;
        Exchange exchange;
        bool answered = false;
    };

    Connection about;
    bool described = false; // its row is in the sample
    DialectName dialect = DialectName::unknown;
    std::uint64_t next_unique = 2;
    std::uint64_t minor = latest_minor; // until INIT says otherwise
    std::uint64_t flags = ~std::uint64_t{0};
    std::uint64_t retrieve_unique = 0; // of the last NOTIFY_RETRIEVE, for its answer
    std::vector<Asked> requests;

    // The latest request with this unique, whatever its resend bit; nullptr when there is none.
    Asked* find(std::uint64_t unique);
    // The latest unanswered request with this opcode; an empty name stands for any that needs a reply.
    Asked* unanswered(std::string_view opcode);

    void add_request(const Encoder::Encoded& request);
    void settle(const Encoder::Encoded& init_reply);
};

} // namespace fusewire::samples

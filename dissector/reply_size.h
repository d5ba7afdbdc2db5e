// ReplySize: how many bytes of payload the kernel takes behind the header of a successful reply. It
// compares them with the arguments that the request has room for (fuse_copy_out_args()).
#pragma once

#include "dissector/operation.h"
#include "dissector/state.h"

#include <cstdint>
#include <optional>

namespace fusewire {

struct ReplySize {
    static constexpr std::uint32_t no_limit = ~std::uint32_t{0};

    std::uint32_t least = 0;
    std::uint32_t most = no_limit; // equal to `least` when the reply has no variable part
    std::uint32_t old = no_limit;  // size of old minors, while the minor is not known

    bool fixed() const { return least == most; }
    bool takes(std::uint32_t payload) const {
        return (payload >= least && payload <= most) || payload == old;
    }
};

// nullopt where there is no such rule: INIT may be short, LOOKUP_HANDLE and MKOBJ_HANDLE judge
// themselves, and unknown opcodes have any size.
std::optional<ReplySize> reply_size(const Operation& request, const Limits& limits);

} // namespace fusewire

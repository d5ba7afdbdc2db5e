// Interrupts: INTERRUPTs whose target was not seen yet, and the server's word that it wants none. With
// several reading threads an INTERRUPT can be recorded before the request that it is for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace fusewire {

// An INTERRUPT that nothing seen so far is the target of.
struct EarlyInterrupt {
    std::uint64_t target = 0; // unique, without the resend bit
    std::uint64_t frame = 0;
    std::optional<std::int64_t> time_ns;
};

class Interrupts {
  public:
    // Beyond it the oldest are forgotten.
    static constexpr std::size_t limit = 256;

    void early(const EarlyInterrupt& interrupt);
    // The target came after all; its INTERRUPT, if there was one.
    std::optional<EarlyInterrupt> arrived(std::uint64_t unique);
    const std::deque<EarlyInterrupt>& waiting() const { return waiting_; }

    // An INTERRUPT was answered with ENOSYS. The first one counts.
    void declined(std::uint64_t frame, std::optional<std::int64_t> time_ns);
    std::uint64_t declined_frame() const { return declined_frame_; } // 0: never
    std::optional<std::int64_t> declined_ns() const { return declined_ns_; }

  private:
    std::deque<EarlyInterrupt> waiting_;
    std::uint64_t declined_frame_ = 0;
    std::optional<std::int64_t> declined_ns_;
};

} // namespace fusewire

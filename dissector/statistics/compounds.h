// CompoundStatistics: which operations COMPOUNDs carried, how they ended, and how many round trips
// that saved.
#pragma once

#include "dissector/session.h"
#include "dissector/statistics/tally.h"

#include <cstdint>
#include <map>
#include <utility>

namespace fusewire {

struct SubOperations {
    const Opcode* opcode = nullptr; // nullptr: unknown
    std::uint32_t opcode_number = 0;
    std::uint64_t requests = 0;
    std::uint64_t replies = 0;
    ErrorTally errors;
};

class CompoundStatistics {
  public:
    void see(const Decoded& decoded);

    std::uint64_t requests() const { return requests_; }   // of all opcodes
    std::uint64_t compounds() const { return compounds_; } // among them
    // Operations that were answered in one reply with another one before them.
    std::uint64_t saved() const { return saved_; }
    // By number and name.
    using Key = std::pair<std::uint32_t, const Opcode*>;
    const std::map<Key, SubOperations>& operations() const { return operations_; }

  private:
    // Opcode numbers of a hostile capture beyond this are not listed.
    static constexpr std::size_t kept = 256;
    SubOperations* at(const Opcode* opcode, std::uint32_t number);

    std::uint64_t requests_ = 0;
    std::uint64_t compounds_ = 0;
    std::uint64_t saved_ = 0;
    std::map<Key, SubOperations> operations_;
};

} // namespace fusewire

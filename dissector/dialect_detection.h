// How a connection's dialect is recognised: from INIT, and from the form of the first messages with a
// number that upstream does not have. Every way of recognition is a row, so that views can say which
// dialect was taken and why. Numbers alone decide nothing: minor 46 and INIT bit 43 mean different things
// upstream, in the LOOKUP_HANDLE RFC and in fusex.
#pragma once

#include "dissector/message.h"

#include <cstdint>
#include <span>

namespace fusewire {

// What one message shows of its connection.
struct Observation;

struct Recognition {
    // Where the observation is made.
    enum class Source : std::uint8_t { init_request, init_reply, request, reply };

    const char* id;
    DialectName dialect;
    const char* text; // the observation: "COMPOUND 54 whose operations ..."
    Source source;
    std::uint32_t opcode; // of the message, or of the request that it answers; 26 for INIT
    bool (*matches)(const Observation&);
    DialectSet keeps = 0;   // dialects in which the same is seen, so that they stay
    DialectSet refines = 0; // dialects that were taken for the lack of this observation
};

// In the order in which they are tried; the first that matches decides.
std::span<const Recognition> recognitions();

// What INIT says that matters here; flags2 is the upper half of `flags`.
struct InitFacts {
    std::uint32_t minor = 0;
    std::uint64_t flags = 0;
    std::uint32_t max_readahead = 0; // request
    std::uint32_t max_handle_sz = 0; // reply: the two bytes that LOOKUP_HANDLE v2 uses
};

// The dialect of one connection, from one INIT to the next. What INIT says is a guess until a message
// confirms it by its form; after that nothing is looked at any more.
class DialectDetection {
  public:
    DialectName name() const { return name_; }
    // nullptr while nothing decided.
    const Recognition* reason() const { return reason_; }

    // Each returns whether the dialect is another one now.
    bool see_init_request(const InitFacts& init);
    bool see_init_reply(const InitFacts& init);
    // A message decoded as far as its header, with its length on the wire.
    bool see_request(const Message& message, std::uint32_t wire_length) {
        return is_open(message) && weigh(message, wire_length, Recognition::Source::request);
    }
    // A reply, with the opcode of its request.
    bool see_reply(const Message& message, std::uint32_t wire_length) {
        return is_open(message) && weigh(message, wire_length, Recognition::Source::reply);
    }

  private:
    static constexpr std::uint32_t first_out_of_tree = 54;
    // Dialects that a later message may show to be another one.
    static constexpr DialectSet refinable =
        in_dialects(DialectName::compound_v4, DialectName::compound_v5, DialectName::fusex_a,
                    DialectName::fusex_b);

    bool is_open(const Message& message) const {
        return message.opcode_number >= first_out_of_tree &&
               (!confirmed_ || (refinable & in_dialect(name_)) != 0);
    }
    bool weigh(const Message& message, std::uint32_t wire_length, Recognition::Source source);
    bool decide(const Observation& seen, Recognition::Source source, std::uint32_t opcode);
    bool take(const Recognition& row, bool confirms);

    DialectName name_ = DialectName::unknown;
    const Recognition* reason_ = nullptr;
    bool confirmed_ = false;
    InitFacts offer_;
};

} // namespace fusewire

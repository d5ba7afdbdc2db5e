// What a rule's predicate is given and gives back: it looks at one event and reports what it sees.
#pragma once

#include "dissector/finding.h"
#include "dissector/opcode_numbers.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fusewire {

// Where a finding points, and what was seen there.
struct Sighting {
    std::uint64_t frame = 0; // when it is not the message being looked at
    std::uint32_t offset = 0;
    std::int16_t sub = no_sub;
    std::uint64_t nodeid = 0; // the object it is about; 0: none
    // What else tells objects apart: fh, unique, opcode. One finding for each rule, connection, nodeid
    // and object; the next ones are only counted.
    std::uint64_t object = 0;
    std::string observed;
    std::string expected;
    std::vector<std::uint64_t> related{}; // frames
    std::optional<Severity> severity{};   // when milder or harsher than the row's
    const char* consequence = nullptr;    // when it differs from the row's
    const char* text = nullptr;           // when it differs from the row's
};

// Takes what a predicate found.
class Report {
  public:
    virtual ~Report() = default;
    virtual void operator()(Sighting sighting) = 0;
};

// One rule on one kind of event. Only events of the operations in `only` are shown to it. A rule that
// looks at two kinds of events is two rows with one constant RuleInfo.
template <class Event>
struct Check {
    RuleInfo info;
    void (*look)(const Event& event, Report& report);
    OpSet only = every_op;
};

// The rows for one kind of event. A family's file has one function for each kind it looks at
// (findings/families.h).
template <class Event>
using Checks = std::span<const Check<Event>>;

} // namespace fusewire

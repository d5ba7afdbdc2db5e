// A rule is a row: what it is called, how bad it is, where it holds, what it means, and one small
// predicate on one kind of event. docs/rules.md, `fusewire rules` and the checks come from the rows.
#pragma once

#include "dissector/dialect.h"
#include "dissector/finding.h"
#include "dissector/message.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace fusewire {

// Where a finding points, and what was seen there.
struct Sighting {
    std::uint32_t offset = 0;
    std::int16_t sub = no_sub;
    std::uint64_t nodeid = 0; // the object it is about, for grouping; 0: none
    std::uint64_t object = 0; // anything else that tells objects apart: fh, unique
    std::string observed;
    std::string expected;
    std::vector<std::uint64_t> related{}; // frames
    std::optional<Severity> severity{};   // when milder or harsher than the row's
    const char* consequence = nullptr;    // when it differs from the row's
};

// Takes what a predicate found.
class Report {
  public:
    virtual ~Report() = default;
    virtual void operator()(Sighting sighting) = 0;
};

// Everything about a rule but its predicate.
struct RuleInfo {
    const char* id; // "handle-changed"
    Severity severity;
    DialectSet dialects = all_dialects;
    const char* text;        // what is wrong: "other fhandle for a live node"
    const char* consequence; // what the kernel or the server does about it
    const char* advice;      // what to change in the server; "" when nothing can be
    // A rule about the past: only a note while the capture does not reach back to INIT or has gaps.
    bool needs_history = false;
};

template <class Event>
struct Check {
    RuleInfo info;
    void (*look)(const Event& event, Report& report);
};

// The rows for one kind of event. Specialised in the families' files (findings/families.h).
template <class Event>
using Checks = std::span<const Check<Event>>;

} // namespace fusewire

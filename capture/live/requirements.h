// Whether this machine can capture: a table of what a capture needs, or what makes it see more, each
// with its check and its remedy, and a trial of every tier, which is really loaded, attached and
// taken away again.
#pragma once

#include "capture/live/machine.h"
#include "capture/live/tier.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire {

enum class Answer : std::uint8_t { yes, no, unknown };

// What fails without it.
enum class Need : std::uint8_t {
    capture, // everything
    tier,    // one way to capture; others may work
    more,    // nothing: something is seen or said less well
};

struct CheckResult {
    Answer answer = Answer::unknown;
    std::string detail; // what was found; one phrase
};

// What became of one tier.
struct TierTrial {
    const Tier* tier = nullptr;
    std::optional<Error> refusal;    // nullopt: it works
    std::vector<std::string> limits; // what this machine keeps it from seeing, beside cannot_see
};

class KernelBtf;

// What a check may look at.
struct Sight {
    const Machine& machine;
    const KernelBtf& btf;
    std::span<const TierTrial> trials;
};

struct Requirement {
    std::string_view name;
    Need need;
    CheckResult (*check)(const Sight&);
    std::string_view remedy; // what to do if the answer is no
};

// The table, in the order in which it is shown.
std::span<const Requirement> requirements();

struct CheckedRequirement {
    const Requirement* requirement = nullptr;
    CheckResult result;
};

struct Diagnosis {
    std::vector<CheckedRequirement> requirements;
    std::vector<TierTrial> trials;
    std::string reason; // why nothing works; empty if something does

    const TierTrial* best() const; // in `trials`; null if no tier works
};

// Loads, attaches and removes every tier of this build.
std::vector<TierTrial> try_tiers();

// Checks everything. `trials` are those of the kernel that runs us, whatever the root of `machine`.
Diagnosis diagnose(const Machine& machine, std::vector<TierTrial> trials);

// What a tier cannot see here: its own blind spots, then the machine's.
std::vector<std::string> blind_spots(const TierTrial& trial);

} // namespace fusewire

// The wrong replies and notifications that the live test sends to the kernel, each with the row that
// must foretell what comes of it.
#pragma once

#include "tests/live/verdict_server.h"

#include <functional>
#include <iosfwd>
#include <span>

namespace fusewire::live_test {

struct VerdictCase {
    const char* name;                       // of the test
    const char* row;                        // id of the verdict
    Call call;                              // what the caller does; returns an errno
    Script script{};                        // what the server says while it is armed
    std::function<Buffer()> notification{}; // sent when the caller arms the server
    // What the caller gets where the row leaves it open.
    std::optional<int> caller{};
    std::function<void(fuse_init_out&)> init{};
    bool readdirplus = false;
    bool from_the_start = false; // lies about INIT
};

std::span<const VerdictCase> verdict_cases();
// For messages of the test.
void PrintTo(const VerdictCase& one, std::ostream* out);

} // namespace fusewire::live_test

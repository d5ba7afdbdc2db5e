// What the process says to its caller; the numbers are part of the command line's contract.
#pragma once

namespace fusewire {

enum ExitCode : int {
    exit_done = 0,
    exit_findings = 1, // findings (check) or differences (diff)
    exit_usage = 2,
    exit_failed = 3, // could not read or could not capture
};

} // namespace fusewire

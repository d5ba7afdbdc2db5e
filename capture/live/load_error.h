// Why a BPF object did not load, in one line that says what to do. libbpf and the kernel say it in
// log text and errno values that mean little to a user.
#pragma once

#include "dissector/result.h"

#include <string>
#include <string_view>

namespace fusewire {

// What is known after a failed load or attach.
struct LoadFailure {
    int error = 0;                // positive errno of the failed call
    std::string log;              // what libbpf printed
    bool has_btf = true;          // /sys/kernel/btf/vmlinux exists
    bool can_load_any = true;     // a program of two instructions is accepted
    bool confidentiality = false; // lockdown forbids reading kernel memory
};

// The error to show for `tier`; pure.
Error explain_load_failure(std::string_view tier, const LoadFailure& failure);

// Looks at this machine and explains.
Error explain_load_failure_here(std::string_view tier, int error, std::string log);

// Collects what libbpf prints while it lives. One at a time: libbpf's hook is global.
class LibbpfLog {
  public:
    LibbpfLog();
    ~LibbpfLog();
    LibbpfLog(const LibbpfLog&) = delete;
    LibbpfLog& operator=(const LibbpfLog&) = delete;

    const std::string& text() const;
};

} // namespace fusewire

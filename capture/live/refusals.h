// The words for what keeps a tier from being loaded: one line that says what is wrong and, after a
// semicolon, what to do. libbpf and the kernel say it in log text and errno values that mean little
// to a user. Everything here is pure; what is known of the machine comes in.
#pragma once

#include "dissector/result.h"

#include <span>
#include <string>
#include <string_view>

namespace fusewire {

// What is known after a failed load or attach.
struct LoadFailure {
    int error = 0;                  // positive errno of the failed call
    std::string log;                // what libbpf printed
    bool has_btf = true;            // /sys/kernel/btf/vmlinux exists
    bool has_fuse = true;           // the kernel knows the file system type "fuse"
    bool can_load_any = true;       // a program of two instructions is accepted
    bool trampolines = true;        // one that is called through a BPF trampoline is accepted
    bool user_namespace = false;    // we are not in the initial one
    bool confidentiality = false;   // lockdown forbids reading kernel memory
    bool few_descriptors = false;   // the probe's descriptors do not fit into our table
    std::string lacks_capabilities; // as missing_capabilities()
};

// The error to show for `tier`. What holds for the whole machine does not name the tier.
Error explain_load_failure(std::string_view tier, const LoadFailure& failure);

// What `auto` passed over and why, without what to do about it, "tier fentry: this kernel refuses BPF
// trampolines; capturing with tier tp"; empty if nothing was refused.
std::string fallback_notice(std::span<const Error> refused, std::string_view used);

} // namespace fusewire

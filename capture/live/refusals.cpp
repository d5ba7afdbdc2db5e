#include "capture/live/refusals.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace fusewire {

namespace {

enum class Scope : bool { machine, tier };

struct Explanation {
    bool (*applies)(const LoadFailure&);
    Errc code;
    Scope scope;
    std::string_view text;
};

bool says(const LoadFailure& failure, std::string_view words) {
    return failure.log.find(words) != std::string::npos;
}

bool denied(const LoadFailure& failure) {
    return failure.error == EPERM || failure.error == EACCES;
}

// libbpf's words for a function or tracepoint that is not in the kernel's BTF.
constexpr std::string_view no_such_target = "failed to find kernel BTF type ID of";

// The first row that applies is the reason. Of two that could be meant, the one that nothing can be
// done about without the other stands first.
constexpr Explanation explanations[] = {
    {[](const LoadFailure& f) { return !f.has_btf; }, Errc::unsupported, Scope::machine,
     "this kernel was built without BTF (/sys/kernel/btf/vmlinux is missing); "
     "use one with CONFIG_DEBUG_INFO_BTF"},
    {[](const LoadFailure& f) { return f.confidentiality; }, Errc::refused, Scope::machine,
     "lockdown=confidentiality forbids BPF to read kernel memory; "
     "boot with lockdown=integrity or without lockdown"},
    {[](const LoadFailure& f) { return !f.can_load_any && f.user_namespace; }, Errc::refused,
     Scope::machine,
     "root of a user namespace may not load BPF programs; run it outside the container"},
    {[](const LoadFailure& f) { return !f.can_load_any && !f.lacks_capabilities.empty(); },
     Errc::refused, Scope::machine,
     "capturing needs root (CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN); run it with sudo"},
    {[](const LoadFailure& f) { return !f.can_load_any && denied(f); }, Errc::refused,
     Scope::machine,
     "the kernel refuses every BPF program although the capabilities are there; "
     "look for a security module or a container's seccomp filter that forbids bpf()"},
    {[](const LoadFailure& f) {
         return says(f, "failed to iterate BTF objects: -1") ||
                (denied(f) && f.lacks_capabilities.find("CAP_SYS_ADMIN") != std::string::npos);
     },
     Errc::refused, Scope::machine, "CAP_SYS_ADMIN is missing; run it with sudo"},
    {[](const LoadFailure& f) { return says(f, no_such_target) && !f.has_fuse; }, Errc::unsupported,
     Scope::machine, "the kernel has no FUSE; load the module (modprobe fuse)"},
    {[](const LoadFailure& f) { return says(f, no_such_target); }, Errc::unsupported, Scope::tier,
     "this kernel has no such FUSE function or tracepoint; "
     "use a kernel whose FUSE has it, or --tier auto"},
    {[](const LoadFailure& f) { return says(f, "unknown func bpf_loop"); }, Errc::unsupported,
     Scope::machine, "this kernel has no bpf_loop() for BPF programs; use Linux 5.17 or later"},
    {[](const LoadFailure& f) {
         return says(f, "kprobe perf type") || says(f, "kprobe_events") ||
                says(f, "add legacy kprobe");
     },
     Errc::unsupported, Scope::tier,
     "this kernel has no kprobes; use one with CONFIG_KPROBE_EVENTS, or --tier auto"},
    {[](const LoadFailure& f) { return denied(f) && !f.trampolines; }, Errc::refused, Scope::tier,
     "this kernel refuses BPF trampolines; --tier auto takes the best that works"},
    {denied, Errc::refused, Scope::tier,
     "this kernel refuses such BPF programs; --tier auto takes the best that works"},
    {[](const LoadFailure& f) { return f.error == ENOMEM; }, Errc::refused, Scope::machine,
     "not enough memory for the ring buffer; use a smaller --ring-size"},
    // Some of libbpf's own trials fail without saying that this is why.
    {[](const LoadFailure& f) {
         return f.error == EMFILE || f.error == ENFILE || f.few_descriptors;
     },
     Errc::refused, Scope::machine,
     "no file descriptors are left for the probe; raise the limit (ulimit -n)"},
};

std::string_view last_line(std::string_view text) {
    while (text.ends_with('\n'))
        text.remove_suffix(1);
    const auto newline = text.rfind('\n');
    return newline == text.npos ? text : text.substr(newline + 1);
}

std::string prefix_of(std::string_view tier) {
    return fmt::format("tier {}: ", tier);
}

} // namespace

Error explain_load_failure(std::string_view tier, const LoadFailure& failure) {
    for (const Explanation& row : explanations)
        if (row.applies(failure))
            return {row.code,
                    (row.scope == Scope::tier ? prefix_of(tier) : "") + std::string(row.text),
                    failure.error};
    std::string message =
        prefix_of(tier) + "the kernel refused the probe: " + std::strerror(failure.error);
    if (!failure.log.empty())
        message += fmt::format(" ({})", last_line(failure.log));
    return {Errc::refused, message, failure.error};
}

std::string fallback_notice(std::span<const Error> refused, std::string_view used) {
    std::string notice;
    for (const Error& error : refused)
        notice += error.message.substr(0, error.message.find(';')) + "; ";
    return notice.empty() ? notice : fmt::format("{}capturing with tier {}", notice, used);
}

} // namespace fusewire

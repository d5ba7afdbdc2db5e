#include "capture/live/load_error.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <linux/bpf.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

namespace fusewire {

namespace {

constexpr std::size_t max_log = 1u << 16;

std::string collected;

int collect(libbpf_print_level level, const char* format, va_list args) {
    if (level == LIBBPF_DEBUG || collected.size() > max_log)
        return 0;
    char line[1024];
    std::vsnprintf(line, sizeof(line), format, args);
    collected += line;
    return 0;
}

libbpf_print_fn_t previous_print = nullptr;

struct Explanation {
    bool (*applies)(const LoadFailure&);
    Errc code;
    std::string_view text;
};

bool says(const LoadFailure& failure, std::string_view words) {
    return failure.log.find(words) != std::string::npos;
}

// The first row that applies is the reason; `text` follows "tier NAME: ".
constexpr Explanation explanations[] = {
    {[](const LoadFailure& f) { return !f.has_btf; }, Errc::unsupported,
     "this kernel was built without BTF (/sys/kernel/btf/vmlinux is missing); "
     "use one with CONFIG_DEBUG_INFO_BTF"},
    {[](const LoadFailure& f) { return f.confidentiality; }, Errc::refused,
     "lockdown=confidentiality forbids BPF to read kernel memory; "
     "boot with lockdown=integrity or without lockdown"},
    {[](const LoadFailure& f) { return !f.can_load_any; }, Errc::refused,
     "capturing needs root (CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN); run it with sudo"},
    {[](const LoadFailure& f) { return says(f, "failed to iterate BTF objects: -1"); },
     Errc::refused, "CAP_SYS_ADMIN is missing; run it with sudo"},
    {[](const LoadFailure& f) { return says(f, "failed to find kernel BTF type ID of"); },
     Errc::unsupported,
     "the kernel has no such FUSE function or tracepoint; load the module (modprobe fuse), "
     "or the kernel is too old for this tier"},
    {[](const LoadFailure& f) { return f.error == EPERM || f.error == EACCES; }, Errc::refused,
     "this kernel refuses such BPF programs; try another --tier"},
    {[](const LoadFailure& f) { return f.error == ENOMEM; }, Errc::refused,
     "not enough memory for the ring buffer; use a smaller one"},
};

std::string_view last_line(std::string_view text) {
    while (text.ends_with('\n'))
        text.remove_suffix(1);
    const auto newline = text.rfind('\n');
    return newline == text.npos ? text : text.substr(newline + 1);
}

bool can_load_any_program() {
    // r0 = 0; exit
    const bpf_insn program[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0},
                                {.code = BPF_JMP | BPF_EXIT}};
    const int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "nothing", "Dual BSD/GPL", program,
                                 std::size(program), nullptr);
    if (fd < 0)
        return false;
    close(fd);
    return true;
}

bool lockdown_is_confidentiality() {
    std::ifstream file("/sys/kernel/security/lockdown");
    std::string line;
    return std::getline(file, line) && line.find("[confidentiality]") != line.npos;
}

} // namespace

Error explain_load_failure(std::string_view tier, const LoadFailure& failure) {
    for (const Explanation& row : explanations)
        if (row.applies(failure))
            return {row.code, fmt::format("tier {}: {}", tier, row.text), failure.error};
    std::string message = fmt::format("tier {}: the kernel refused the probe: {}", tier,
                                      std::strerror(failure.error));
    if (!failure.log.empty())
        message += fmt::format(" ({})", last_line(failure.log));
    return {Errc::refused, message, failure.error};
}

Error explain_load_failure_here(std::string_view tier, int error, std::string log) {
    LoadFailure failure{.error = error, .log = std::move(log)};
    failure.has_btf = access("/sys/kernel/btf/vmlinux", R_OK) == 0;
    failure.can_load_any = can_load_any_program();
    failure.confidentiality = lockdown_is_confidentiality();
    return explain_load_failure(tier, failure);
}

LibbpfLog::LibbpfLog() {
    collected.clear();
    previous_print = libbpf_set_print(collect);
}

LibbpfLog::~LibbpfLog() {
    libbpf_set_print(previous_print);
}

const std::string& LibbpfLog::text() const {
    return collected;
}

} // namespace fusewire

#include "capture/live/load_error.h"

#include "capture/live/fd.h"
#include "capture/live/kernel_bpf.h"

#include <bpf/libbpf.h>
#include <fcntl.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <utility>
#include <vector>

namespace fusewire {

namespace {

constexpr std::size_t max_log = 1u << 16;

// Where libbpf's text goes; null while nobody collects it.
std::string* collector = nullptr;

libbpf_print_fn_t previous_print = nullptr;

int collect(libbpf_print_level level, const char* format, va_list args) {
    if (level == LIBBPF_DEBUG || collector->size() > max_log)
        return 0;
    char line[1024];
    std::vsnprintf(line, sizeof(line), format, args);
    *collector += line;
    return 0;
}

// A map or a program each, and what libbpf opens meanwhile.
constexpr std::size_t probe_descriptors = 32;

bool few_descriptors_left() {
    std::vector<Fd> taken;
    while (taken.size() < probe_descriptors) {
        Fd copy(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0));
        if (!copy)
            return errno == EMFILE;
        taken.push_back(std::move(copy));
    }
    return false;
}

} // namespace

Error explain_load_failure_here(std::string_view tier, int error, std::string log,
                                const Machine& machine) {
    LoadFailure failure{.error = error, .log = std::move(log)};
    failure.has_btf = machine.has_btf();
    failure.has_fuse = machine.has_filesystem("fuse");
    failure.can_load_any = try_any_program() == 0;
    // Reads the whole BTF, so only where it can be the reason.
    failure.trampolines = (error != EPERM && error != EACCES) || try_trampoline() == 0;
    failure.few_descriptors = few_descriptors_left();
    failure.user_namespace = machine.in_user_namespace();
    failure.confidentiality = machine.lockdown() == "confidentiality";
    failure.lacks_capabilities = missing_capabilities(effective_capabilities());
    return explain_load_failure(tier, failure);
}

LibbpfLog::LibbpfLog() : outer_(std::exchange(collector, &text_)) {
    if (outer_ == nullptr)
        previous_print = libbpf_set_print(collect);
}

LibbpfLog::~LibbpfLog() {
    collector = outer_;
    if (outer_ == nullptr)
        libbpf_set_print(previous_print);
}

} // namespace fusewire

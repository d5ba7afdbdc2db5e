#include "capture/live/kernel_bpf.h"

#include <cerrno>

#ifdef FUSEWIRE_HAVE_BPF

#include "capture/live/fd.h"
#include "capture/live/load_error.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <iterator>
#include <string>

namespace fusewire {

namespace {

// r0 = 0; exit
constexpr bpf_insn nothing[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0},
                                {.code = BPF_JMP | BPF_EXIT}};

// A function that kernels have for trying trampolines; nobody else calls it.
constexpr const char* trial_function = "bpf_fentry_test1";

int load_nothing(bpf_prog_type type, const bpf_prog_load_opts* options, Fd& program) {
    program =
        Fd(bpf_prog_load(type, "nothing", "Dual BSD/GPL", nothing, std::size(nothing), options));
    return program ? 0 : errno;
}

} // namespace

KernelBtf::KernelBtf(const Machine& machine) {
    const LibbpfLog quiet;
    kernel_ = btf__parse(machine.path("/sys/kernel/btf/vmlinux").c_str(), nullptr);
    if (kernel_ != nullptr && machine.can_read("/sys/kernel/btf/fuse"))
        module_ = btf__parse_split(machine.path("/sys/kernel/btf/fuse").c_str(), kernel_);
}

KernelBtf::~KernelBtf() {
    btf__free(module_);
    btf__free(kernel_);
}

// What is split off a BTF finds the names of the whole.
std::optional<bool> KernelBtf::has(const char* name, unsigned kind) const {
    if (kernel_ == nullptr)
        return std::nullopt;
    return btf__find_by_name_kind(module_ != nullptr ? module_ : kernel_, name, kind) > 0;
}

std::optional<bool> KernelBtf::has_struct(const char* name) const {
    return has(name, BTF_KIND_STRUCT);
}

std::optional<bool> KernelBtf::has_function(const char* name) const {
    return has(name, BTF_KIND_FUNC);
}

std::optional<bool> KernelBtf::has_tracepoint(std::string_view name) const {
    return has(("btf_trace_" + std::string(name)).c_str(), BTF_KIND_TYPEDEF);
}

int try_any_program() {
    const LibbpfLog quiet;
    Fd program;
    return load_nothing(BPF_PROG_TYPE_RAW_TRACEPOINT, nullptr, program);
}

int try_trampoline() {
    const LibbpfLog quiet;
    const int target = libbpf_find_vmlinux_btf_id(trial_function, BPF_TRACE_FENTRY);
    if (target < 0)
        return -target;
    LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_FENTRY,
                .attach_btf_id = static_cast<__u32>(target));
    Fd program;
    if (const int error = load_nothing(BPF_PROG_TYPE_TRACING, &options, program); error != 0)
        return error;
    const Fd link(bpf_raw_tracepoint_open(nullptr, program.get()));
    return link ? 0 : errno;
}

} // namespace fusewire

#else

namespace fusewire {

KernelBtf::KernelBtf(const Machine&) {}
KernelBtf::~KernelBtf() = default;

std::optional<bool> KernelBtf::has_struct(const char*) const {
    return std::nullopt;
}

std::optional<bool> KernelBtf::has_function(const char*) const {
    return std::nullopt;
}

std::optional<bool> KernelBtf::has_tracepoint(std::string_view) const {
    return std::nullopt;
}

int try_any_program() {
    return ENOSYS;
}

int try_trampoline() {
    return ENOSYS;
}

} // namespace fusewire

#endif

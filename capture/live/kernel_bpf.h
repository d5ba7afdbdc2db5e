// What the kernel offers BPF programs, asked of the kernel itself: its type information (BTF), and
// programs of two instructions that are loaded and thrown away. A build without BPF support knows
// nothing of it.
#pragma once

#include "capture/live/machine.h"

#include <memory>
#include <optional>
#include <string_view>

struct btf;

namespace fusewire {

// Types, functions and tracepoints of the kernel and of its FUSE module.
class KernelBtf {
  public:
    explicit KernelBtf(const Machine& machine);
    ~KernelBtf();
    KernelBtf(const KernelBtf&) = delete;
    KernelBtf& operator=(const KernelBtf&) = delete;

    // nullopt if there is no BTF or no way to read it. A function that is there can be attached to.
    std::optional<bool> has_struct(const char* name) const;
    std::optional<bool> has_function(const char* name) const;
    std::optional<bool> has_tracepoint(std::string_view name) const;

  private:
    std::optional<bool> has(const char* name, unsigned kind) const;

    ::btf* kernel_ = nullptr;
    ::btf* module_ = nullptr; // null where FUSE is built in
};

// 0, or the errno with which the kernel refuses any program at all of this process.
int try_any_program();

// 0, or the errno with which it refuses one that would be called through a BPF trampoline (fentry).
int try_trampoline();

} // namespace fusewire

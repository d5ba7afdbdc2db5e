// Why a BPF object did not load here: libbpf's log, and a look at the machine for the words of
// refusals.h.
#pragma once

#include "capture/live/machine.h"
#include "capture/live/refusals.h"

#include <string>
#include <string_view>

namespace fusewire {

// Looks at this machine and explains. `root` of `machine` is for the files; what BPF and the
// capabilities allow is asked of the kernel that runs us.
Error explain_load_failure_here(std::string_view tier, int error, std::string log,
                                const Machine& machine = Machine());

// Collects what libbpf prints while it lives. One at a time takes effect: libbpf's hook is global,
// and one within another leaves the outer one's text alone.
class LibbpfLog {
  public:
    LibbpfLog();
    ~LibbpfLog();
    LibbpfLog(const LibbpfLog&) = delete;
    LibbpfLog& operator=(const LibbpfLog&) = delete;

    const std::string& text() const { return text_; }

  private:
    std::string text_;
    std::string* outer_;
};

} // namespace fusewire

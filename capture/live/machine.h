// What the files of /proc, /sys and /dev say about this machine. Every path is below a root, so that
// a test can look at a machine of its own making.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fusewire {

class Machine {
  public:
    // `root` without a slash at its end; empty for the machine we run on.
    explicit Machine(std::string root = {}) : root_(std::move(root)) {}

    std::string path(std::string_view absolute) const { return root_ + std::string(absolute); }
    bool exists(std::string_view absolute) const;
    bool can_read(std::string_view absolute) const;

    // The lines of a small file, at most `max_lines`; none if it cannot be read.
    std::vector<std::string> lines(std::string_view absolute) const;
    std::string first_line(std::string_view absolute) const;

    // As uname -r says; empty where /proc does not.
    std::string kernel_release() const;
    // Whether the kernel is of at least this version; false if that is not known.
    bool kernel_is_at_least(unsigned major, unsigned minor) const;

    // /proc/filesystems lists it: built in or its module loaded.
    bool has_filesystem(std::string_view type) const;
    // The kernel's types, without which no tier can be loaded.
    bool has_btf() const;
    // "none", "integrity" or "confidentiality"; empty where the kernel has no lockdown.
    std::string lockdown() const;
    // Root of a user namespace has no rights outside it.
    bool in_user_namespace() const;

  private:
    static constexpr std::size_t max_lines = 4096;

    std::string root_;
};

// The capabilities that capturing needs and `effective` lacks, "CAP_PERFMON, CAP_SYS_ADMIN"; empty
// if nothing is missing.
std::string missing_capabilities(std::uint64_t effective);

// The effective capabilities of this process, a bit each.
std::uint64_t effective_capabilities();

} // namespace fusewire

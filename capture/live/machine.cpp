#include "capture/live/machine.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>

namespace fusewire {

namespace {

struct CapabilityName {
    unsigned bit;
    std::string_view name;
};

constexpr CapabilityName needed_capabilities[] = {
    {CAP_BPF, "CAP_BPF"},
    {CAP_PERFMON, "CAP_PERFMON"},
    {CAP_SYS_ADMIN, "CAP_SYS_ADMIN"},
};

bool holds(std::uint64_t effective, unsigned bit) {
    return (effective >> bit & 1) != 0;
}

// Takes a number off the front; 0 if there is none.
unsigned take_number(std::string_view& text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return error == std::errc{} ? value : 0;
}

} // namespace

bool Machine::exists(std::string_view absolute) const {
    return access(path(absolute).c_str(), F_OK) == 0;
}

bool Machine::can_read(std::string_view absolute) const {
    return access(path(absolute).c_str(), R_OK) == 0;
}

std::vector<std::string> Machine::lines(std::string_view absolute) const {
    std::vector<std::string> lines;
    std::ifstream file(path(absolute));
    for (std::string line; lines.size() < max_lines && std::getline(file, line);)
        lines.push_back(std::move(line));
    return lines;
}

std::string Machine::first_line(std::string_view absolute) const {
    const auto all = lines(absolute);
    return all.empty() ? std::string() : all.front();
}

std::string Machine::kernel_release() const {
    return first_line("/proc/sys/kernel/osrelease");
}

bool Machine::kernel_is_at_least(unsigned major, unsigned minor) const {
    const std::string release = kernel_release();
    std::string_view rest = release;
    const unsigned has_major = take_number(rest);
    if (!rest.starts_with('.'))
        return false;
    rest.remove_prefix(1);
    return std::pair(has_major, take_number(rest)) >= std::pair(major, minor);
}

// A line is "nodev", a tab and the type, or a tab and the type.
bool Machine::has_filesystem(std::string_view type) const {
    return std::ranges::any_of(lines("/proc/filesystems"), [&](std::string_view line) {
        const auto tab = line.rfind('\t');
        return tab != line.npos && line.substr(tab + 1) == type;
    });
}

bool Machine::has_btf() const {
    return can_read("/sys/kernel/btf/vmlinux");
}

// "none [integrity] confidentiality": the one in brackets is on.
std::string Machine::lockdown() const {
    const std::string line = first_line("/sys/kernel/security/lockdown");
    const auto open = line.find('[');
    const auto close = line.find(']');
    if (open == line.npos || close == line.npos || close < open)
        return {};
    return line.substr(open + 1, close - open - 1);
}

// "0 0 4294967295" is the initial user namespace.
bool Machine::in_user_namespace() const {
    const std::string line = first_line("/proc/self/uid_map");
    std::string_view rest = line;
    const auto next = [&rest] {
        rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        return take_number(rest);
    };
    if (line.empty())
        return false;
    return next() != 0 || next() != 0 || next() != 0xffffffff;
}

std::string missing_capabilities(std::uint64_t effective) {
    // In the kernel's checks it stands for the other two.
    if (holds(effective, CAP_SYS_ADMIN))
        return {};
    std::string missing;
    for (const CapabilityName& needed : needed_capabilities)
        if (!holds(effective, needed.bit))
            missing += (missing.empty() ? "" : ", ") + std::string(needed.name);
    return missing;
}

std::uint64_t effective_capabilities() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct words[2]{};
    if (syscall(SYS_capget, &header, words) != 0)
        return 0;
    return words[0].effective | std::uint64_t{words[1].effective} << 32;
}

} // namespace fusewire

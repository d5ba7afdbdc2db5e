#include "capture/live/waiting_threads.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace fusewire {

namespace {

// System call numbers of x86-64: read, readv, splice.
constexpr std::string_view reading_calls[] = {"0", "19", "275"};

bool is_fuse_device(const std::string& link) {
    std::error_code error;
    const auto target = std::filesystem::read_symlink(link, error);
    return !error && target.filename() == "fuse";
}

} // namespace

bool is_waiting_read(std::string_view line, int& fd) {
    const auto space = line.find(' ');
    if (space == line.npos)
        return false; // "running"
    if (std::ranges::find(reading_calls, line.substr(0, space)) == std::end(reading_calls))
        return false;
    std::string_view argument = line.substr(space + 1);
    if (!argument.starts_with("0x"))
        return false;
    argument.remove_prefix(2);
    std::uint64_t value = 0; // the whole register
    const auto [end, error] =
        std::from_chars(argument.data(), argument.data() + argument.size(), value, 16);
    fd = static_cast<int>(value);
    return error == std::errc() && end != argument.data();
}

std::vector<pid_t> threads_of(pid_t pid, const std::string& proc) {
    std::vector<pid_t> threads;
    std::error_code error;
    for (const auto& task :
         std::filesystem::directory_iterator(fmt::format("{}/{}/task", proc, pid), error)) {
        const std::string name = task.path().filename();
        pid_t thread = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), thread).ec == std::errc())
            threads.push_back(thread);
    }
    return threads;
}

std::vector<pid_t> threads_waiting_in_read(pid_t pid, const std::string& proc) {
    std::vector<pid_t> threads = threads_of(pid, proc);
    const std::string process = fmt::format("{}/{}", proc, pid);
    std::erase_if(threads, [&](pid_t thread) {
        std::ifstream file(fmt::format("{}/task/{}/syscall", process, thread));
        std::string line;
        int fd = -1;
        return !std::getline(file, line) || !is_waiting_read(line, fd) ||
               !is_fuse_device(fmt::format("{}/fd/{}", process, fd));
    });
    return threads;
}

} // namespace fusewire

#include "tests/live/kernel_setting.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

namespace fusewire::live_test {

namespace {

std::string read_line(const std::string& path) {
    std::string line;
    std::ifstream file(path);
    std::getline(file, line);
    return line;
}

bool write_line(const std::string& path, const std::string& line) {
    std::ofstream file(path);
    return static_cast<bool>(file << line << std::flush);
}

} // namespace

KernelSetting::KernelSetting(std::string path, const std::string& value)
    : path_(std::move(path)), before_(read_line(path_)) {
    if (before_.empty())
        refusal_ = "this kernel has no " + path_;
    else if (!write_line(path_, value))
        refusal_ = path_ + ": " + std::strerror(errno);
}

KernelSetting::~KernelSetting() {
    if (refusal_.empty())
        write_line(path_, before_);
}

} // namespace fusewire::live_test

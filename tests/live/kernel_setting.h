// A setting of the running kernel that a test needs, put back when the test ends.
#pragma once

#include <string>

namespace fusewire::live_test {

class KernelSetting {
  public:
    // Writes `value` to a file of /proc/sys or /sys.
    KernelSetting(std::string path, const std::string& value);
    ~KernelSetting();
    KernelSetting(const KernelSetting&) = delete;
    KernelSetting& operator=(const KernelSetting&) = delete;

    // Why it cannot be had; empty if it is.
    const std::string& refusal() const { return refusal_; }

  private:
    std::string path_;
    std::string before_;
    std::string refusal_;
};

} // namespace fusewire::live_test

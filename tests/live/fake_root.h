// A directory that stands for "/" of a machine that a test makes up.
#pragma once

#include "capture/live/machine.h"
#include "tests/capture/temp_dir.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace fusewire::live_test {

class FakeRoot {
  public:
    Machine machine() const { return Machine(root()); }

    void add(std::string_view path, std::string_view text) const {
        std::ofstream(make_room(path)) << text;
    }
    void link(std::string_view path, std::string_view target) const {
        std::filesystem::create_symlink(target, make_room(path));
    }

  private:
    std::string root() const { return directory_.path(""); }

    std::filesystem::path make_room(std::string_view path) const {
        const std::filesystem::path whole = directory_.path(path.substr(1));
        std::filesystem::create_directories(whole.parent_path());
        return whole;
    }

    test::TempDir directory_;
};

} // namespace fusewire::live_test

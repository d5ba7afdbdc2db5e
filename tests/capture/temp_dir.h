// What the tests of capture/ do with the file system and with other programs.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire::test {

using ByteVector = std::vector<std::byte>;

// A directory that lives as long as the object.
class TempDir {
  public:
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    std::string path(std::string_view name) const { return (dir_ / name).string(); }

  private:
    std::filesystem::path dir_;
};

ByteVector read_file(const std::string& path);
void write_file(const std::string& path, std::span<const std::byte> bytes);

ByteVector bytes_of(std::string_view text);

// What a program run by the shell printed (both streams) and how it ended.
struct Outcome {
    int status = -1;
    std::string output;
};
Outcome run(const std::string& command);

// A pipe that a thread fills with `bytes`; path() can be opened like a file.
class FilledPipe {
  public:
    explicit FilledPipe(ByteVector bytes);
    ~FilledPipe();
    FilledPipe(const FilledPipe&) = delete;
    FilledPipe& operator=(const FilledPipe&) = delete;

    std::string path() const;
    int fd() const { return read_end_; }

  private:
    struct Filler;
    Filler* filler_;
    int read_end_ = -1;
};

} // namespace fusewire::test

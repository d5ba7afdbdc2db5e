#include "tests/capture/temp_dir.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

namespace fusewire::test {

TempDir::TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "fusewire-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
        ADD_FAILURE() << "no temporary directory";
    dir_ = name;
}

TempDir::~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
}

ByteVector read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    EXPECT_TRUE(in.good()) << path;
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return bytes_of(text);
}

void write_file(const std::string& path, std::span<const std::byte> bytes) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    EXPECT_TRUE(out.good()) << path;
}

ByteVector bytes_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span{text});
    return {bytes.begin(), bytes.end()};
}

Outcome run(const std::string& command) {
    Outcome outcome;
    FILE* pipe = popen(("(" + command + ") 2>&1").c_str(), "r");
    if (pipe == nullptr)
        return outcome;
    std::array<char, 4096> buffer;
    while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe))
        outcome.output.append(buffer.data(), got);
    const int status = pclose(pipe);
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
}

struct FilledPipe::Filler {
    ByteVector bytes;
    int write_end = -1;
    std::thread thread;

    void fill() {
        std::size_t done = 0;
        while (done < bytes.size()) {
            const ssize_t wrote = write(write_end, bytes.data() + done, bytes.size() - done);
            if (wrote <= 0)
                break;
            done += static_cast<std::size_t>(wrote);
        }
        close(write_end);
    }
};

FilledPipe::FilledPipe(ByteVector bytes) : filler_(new Filler) {
    signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe(ends.data()), 0);
    read_end_ = ends[0];
    filler_->write_end = ends[1];
    filler_->bytes = std::move(bytes);
    filler_->thread = std::thread([this] { filler_->fill(); });
}

FilledPipe::~FilledPipe() {
    close(read_end_);
    filler_->thread.join();
    delete filler_;
}

std::string FilledPipe::path() const {
    return "/dev/fd/" + std::to_string(read_end_);
}

} // namespace fusewire::test

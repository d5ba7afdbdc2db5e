#include "capture/live/waiting_threads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace fusewire {

namespace {

constexpr int no_fd = -1;

int read_from(std::string_view line) {
    int fd = no_fd;
    return is_waiting_read(line, fd) ? fd : no_fd;
}

TEST(WaitingThreads, ReadReadvAndSpliceAreReads) {
    EXPECT_EQ(read_from("0 0x5 0x7f0012345678 0x21000 0x0 0x0 0x0 0x7ffc0 0x7f001"), 5);
    EXPECT_EQ(read_from("19 0xa 0x7f0012345678 0x2 0x0 0x0 0x0 0x7ffc0 0x7f001"), 10);
    EXPECT_EQ(read_from("275 0xff 0x0 0x7 0x0 0x21000 0x0 0x7ffc0 0x7f001"), 255);
}

TEST(WaitingThreads, OtherCallsAreNot) {
    EXPECT_EQ(read_from("running"), no_fd);
    EXPECT_EQ(read_from("-1 0x7ffc0 0x7f001"), no_fd); // asleep, but in no system call
    EXPECT_EQ(read_from("1 0x5 0x7f0012345678 0x10 0x0 0x0 0x0 0x7ffc0 0x7f001"), no_fd);
    EXPECT_EQ(read_from("190 0x5 0x0"), no_fd);
    EXPECT_EQ(read_from("20 0x5 0x0"), no_fd);
}

TEST(WaitingThreads, WhatIsNoLineOfThatFileIsNoRead) {
    for (const std::string_view line : {"", " ", "0", "0 ", "0 5", "0 0x", "0 0xg", "0  0x5"})
        EXPECT_EQ(read_from(line), no_fd) << line;
}

TEST(WaitingThreads, ADescriptorIsTheLowHalfOfItsRegister) {
    EXPECT_EQ(read_from("0 0x7f0000000005 0x0"), 5);
}

// A procfs with one process.
class FakeProc : public testing::Test {
  protected:
    FakeProc() {
        std::string name = (std::filesystem::temp_directory_path() / "fusewire-XXXXXX").string();
        proc = mkdtemp(name.data());
        std::filesystem::create_directories(proc / "100" / "fd");
        open_file(3, "/dev/null");
        open_file(5, "/dev/fuse");
    }
    ~FakeProc() override { std::filesystem::remove_all(proc); }

    void open_file(int fd, const char* target) const {
        std::filesystem::create_symlink(target, proc / "100" / "fd" / std::to_string(fd));
    }

    void add_thread(const std::string& thread, const std::string& line) const {
        const auto folder = proc / "100" / "task" / thread;
        std::filesystem::create_directories(folder);
        std::ofstream(folder / "syscall") << line << '\n';
    }

    std::vector<pid_t> waiting() const {
        auto threads = threads_waiting_in_read(100, proc.string());
        std::ranges::sort(threads);
        return threads;
    }

    std::filesystem::path proc;
};

TEST_F(FakeProc, ThreadsThatReadTheDeviceAreListed) {
    add_thread("100", "0 0x5 0x7f001 0x21000 0x0 0x0 0x0 0x7ffc0 0x7f001");
    add_thread("101", "275 0x5 0x0 0x7 0x0 0x21000 0x0 0x7ffc0 0x7f001");
    EXPECT_EQ(waiting(), (std::vector<pid_t>{100, 101}));
}

TEST_F(FakeProc, ThreadsThatDoSomethingElseAreNot) {
    add_thread("100", "running");
    add_thread("101", "0 0x3 0x7f001 0x21000 0x0 0x0 0x0 0x7ffc0 0x7f001");  // /dev/null
    add_thread("102", "0 0x63 0x7f001 0x21000 0x0 0x0 0x0 0x7ffc0 0x7f001"); // closed meanwhile
    add_thread("103", "1 0x5 0x7f001 0x10 0x0 0x0 0x0 0x7ffc0 0x7f001");
    add_thread("104", "");
    EXPECT_EQ(waiting(), std::vector<pid_t>{});
}

TEST_F(FakeProc, WhatIsNoThreadIsPassedOver) {
    add_thread("self", "0 0x5 0x7f001 0x21000 0x0 0x0 0x0 0x7ffc0 0x7f001");
    std::filesystem::create_directories(proc / "100" / "task" / "105"); // ended meanwhile
    EXPECT_EQ(waiting(), std::vector<pid_t>{});
}

TEST_F(FakeProc, AProcessThatHasEndedHasNoThreads) {
    EXPECT_EQ(threads_waiting_in_read(200, proc.string()), std::vector<pid_t>{});
}

} // namespace

} // namespace fusewire

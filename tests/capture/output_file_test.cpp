#include "tests/capture/records.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fusewire::test {
namespace {

mode_t mode_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(stat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
}

TEST(CreateCapture, MakesPrivateFiles) {
    const TempDir dir;
    const mode_t saved = umask(0);
    write_capture(dir.path("c"), FileFormat::pcapng, {message(1, 50)}, {});
    umask(saved);
    EXPECT_EQ(mode_of(dir.path("c")), 0600u);
}

TEST(CreateCapture, MakesExistingFilesPrivateAndEmpty) {
    const TempDir dir;
    write_file(dir.path("c"), bytes_of(std::string(100'000, 'x')));
    chmod(dir.path("c").c_str(), 0666);
    write_capture(dir.path("c"), FileFormat::pcapng, {message(1, 50)}, {});
    EXPECT_EQ(mode_of(dir.path("c")), 0600u);
    EXPECT_EQ(read_all(dir.path("c")).records.size(), 1u);
    EXPECT_LT(read_file(dir.path("c")).size(), 1000u);
}

TEST(CreateCapture, FilesDoNotLeakIntoChildren) {
    const TempDir dir;
    auto sink = create_capture(dir.path("c"), FileFormat::pcapng);
    ASSERT_TRUE(sink);
    const Outcome listed = run("ls -l /proc/self/fd");
    EXPECT_EQ(listed.output.find(dir.path("c")), std::string::npos) << listed.output;
}

TEST(CreateCapture, SaysWhyItCannot) {
    const TempDir dir;
    const auto sink = create_capture(dir.path("no/such/dir"), FileFormat::pcapng);
    ASSERT_FALSE(sink);
    EXPECT_EQ(sink.error().sys_errno, ENOENT);
}

TEST(CreateCapture, WritesToStandardOutput) {
    const TempDir dir;
    for (const FileFormat format : {FileFormat::pcapng, FileFormat::pcap}) {
        const int saved = dup(STDOUT_FILENO);
        const int out = open(dir.path("c").c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
        dup2(out, STDOUT_FILENO);
        write_capture("-", format, {message(1, 50), message(2, 500'000)}, {});
        dup2(saved, STDOUT_FILENO);
        close(saved);
        close(out);
        EXPECT_EQ(read_all(dir.path("c")).records.size(), 2u);
    }
}

TEST(CreateCapture, CountsWhatItWrote) {
    const TempDir dir;
    auto sink = create_capture(dir.path("c"), FileFormat::pcapng);
    ASSERT_TRUE(sink);
    for (std::uint64_t i = 0; i < 1000; ++i)
        ASSERT_TRUE((*sink)->write(message(i, 1000).view()));
    const std::uint64_t counted = (*sink)->bytes_written();
    ASSERT_TRUE((*sink)->flush());
    EXPECT_EQ(counted, read_file(dir.path("c")).size());
    EXPECT_EQ((*sink)->bytes_written(), counted);
}

TEST(CreateCapture, FlushedRecordsAreVisibleWhileTheFileIsOpen) {
    const TempDir dir;
    auto sink = create_capture(dir.path("c"), FileFormat::pcapng);
    ASSERT_TRUE(sink);
    ASSERT_TRUE((*sink)->write(message(1, 50).view()));
    ASSERT_TRUE((*sink)->flush());
    EXPECT_EQ(read_all(dir.path("c")).records.size(), 1u);
}

// A file size limit stops writing in the middle of a message, as a full disk does.
TEST(CreateCapture, AFullDiskLeavesAValidFile) {
    const TempDir dir;
    for (const FileFormat format : {FileFormat::pcapng, FileFormat::pcap}) {
        rlimit saved{};
        getrlimit(RLIMIT_FSIZE, &saved);
        signal(SIGXFSZ, SIG_IGN);
        const rlimit small{1'000'001, saved.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
        auto sink = create_capture(dir.path("c"), format);
        ASSERT_TRUE(sink);
        Result<void> state;
        std::uint64_t written = 0;
        for (; state && written < 1000; ++written)
            state = (*sink)->write(message(written, 9'999).view());
        setrlimit(RLIMIT_FSIZE, &saved);
        ASSERT_FALSE(state);
        EXPECT_EQ(state.error().sys_errno, EFBIG);
        EXPECT_FALSE((*sink)->write(message(1, 50).view())) << "errors are final";
        EXPECT_EQ((*sink)->bytes_written(), read_file(dir.path("c")).size());
        sink->reset();
        const Contents contents = read_all(dir.path("c"));
        EXPECT_FALSE(contents.failed) << contents.error.message;
        EXPECT_TRUE(contents.warnings.empty()) << contents.all_warnings();
        EXPECT_GT(contents.records.size(), 90u);
        EXPECT_LT(contents.records.size(), 101u);
    }
}

TEST(CreateCapture, AFullDeviceIsAnError) {
    auto sink = create_capture("/dev/full", FileFormat::pcapng);
    ASSERT_TRUE(sink);
    ASSERT_TRUE((*sink)->write(message(1, 50).view()));
    const auto flushed = (*sink)->flush();
    ASSERT_FALSE(flushed);
    EXPECT_EQ(flushed.error().sys_errno, ENOSPC);
}

} // namespace
} // namespace fusewire::test

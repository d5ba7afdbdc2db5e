// Pipes and compressed files that are copied while they are shown.
#include "capture/indexer.h"
#include "capture/spooler.h"
#include "tests/capture/records.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace fusewire::test {
namespace {

using namespace std::chrono_literals;

bool wait_until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!done() && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(1ms);
    return done();
}

class SpoolerTest : public ::testing::Test {
  protected:
    void SetUp() override {
        setenv("TMPDIR", dir_.path("").c_str(), 1);
        write_capture(whole_, FileFormat::pcapng, {message(1, 100), message(2, 5000)}, {});
    }
    void TearDown() override { unsetenv("TMPDIR"); }
    std::unique_ptr<Spooler> start(const std::string& path) {
        auto spooler = Spooler::start(path);
        EXPECT_TRUE(spooler) << spooler.error().message;
        return std::move(*spooler);
    }

    TempDir dir_;
    std::string whole_ = dir_.path("whole");
};

TEST_F(SpoolerTest, IsNeededForWhatHasNoOrderOfItsOwn) {
    ASSERT_EQ(run("mkfifo " + dir_.path("pipe") + " && gzip -k " + whole_).status, 0);
    EXPECT_TRUE(Spooler::is_needed("-"));
    EXPECT_TRUE(Spooler::is_needed(dir_.path("pipe")));
    EXPECT_TRUE(Spooler::is_needed(dir_.path("whole.gz")));
    EXPECT_FALSE(Spooler::is_needed(whole_));
    EXPECT_FALSE(Spooler::is_needed(dir_.path("none")));
}

TEST_F(SpoolerTest, CopiesAPipeWhileItIsWrittenInto) {
    ASSERT_EQ(run("mkfifo " + dir_.path("pipe")).status, 0);
    const auto spooler = start(dir_.path("pipe"));
    std::this_thread::sleep_for(60ms);
    EXPECT_FALSE(spooler->ended()) << "a writer may come";
    const ByteVector bytes = read_file(whole_);
    const int pipe = open(dir_.path("pipe").c_str(), O_WRONLY | O_CLOEXEC);
    ASSERT_EQ(write(pipe, bytes.data(), 200), 200);
    EXPECT_TRUE(wait_until([&] { return read_file(spooler->copy()).size() == 200; }));
    ASSERT_GT(write(pipe, bytes.data() + 200, bytes.size() - 200), 0);
    close(pipe);
    EXPECT_TRUE(wait_until([&] { return spooler->ended(); }));
    EXPECT_TRUE(spooler->outcome());
    EXPECT_EQ(read_file(spooler->copy()), bytes);
    struct stat status {};
    ASSERT_EQ(stat(spooler->copy().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600u);
}

TEST_F(SpoolerTest, RemovesTheCopy) {
    std::string copy;
    {
        ASSERT_EQ(run("gzip -k " + whole_).status, 0);
        const auto spooler = start(dir_.path("whole.gz"));
        copy = spooler->copy();
        EXPECT_TRUE(wait_until([&] { return spooler->ended(); }));
        EXPECT_EQ(read_file(copy), read_file(whole_));
    }
    EXPECT_NE(access(copy.c_str(), F_OK), 0);
}

TEST_F(SpoolerTest, DoesNotWaitForAWriterWhenItIsDestroyed) {
    ASSERT_EQ(run("mkfifo " + dir_.path("pipe")).status, 0);
    const auto begin = std::chrono::steady_clock::now();
    start(dir_.path("pipe")).reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
}

TEST_F(SpoolerTest, KeepsWhatCameBeforeACompressedFileIsCut) {
    ASSERT_EQ(run("zstd -q -k " + whole_).status, 0);
    ByteVector bytes = read_file(dir_.path("whole.zst"));
    bytes.resize(bytes.size() - 3);
    write_file(dir_.path("cut"), bytes);
    const auto spooler = start(dir_.path("cut"));
    EXPECT_TRUE(wait_until([&] { return spooler->ended(); }));
    ASSERT_FALSE(spooler->outcome());
    EXPECT_NE(spooler->outcome().error().message.find("cut"), std::string::npos)
        << spooler->outcome().error().message;
}

TEST_F(SpoolerTest, SaysWhereThereIsNoRoom) {
    setenv("TMPDIR", dir_.path("none").c_str(), 1);
    const auto spooler = Spooler::start(whole_);
    ASSERT_FALSE(spooler);
    EXPECT_NE(spooler.error().message.find("TMPDIR"), std::string::npos);
}

} // namespace
} // namespace fusewire::test

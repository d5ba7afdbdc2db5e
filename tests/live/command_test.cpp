#include "capture/live/command.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace fusewire {

namespace {

class Commands : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "fusewire-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
        chmod(name.c_str(), 0777);
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    std::string file() const { return directory_ / "file"; }

    std::string content() const {
        std::ifstream stream(file());
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    // sh -c SCRIPT with $0 the file.
    Command shell(const std::string& script, const Identity& identity = {}) {
        auto command = Command::prepare({"sh", "-c", script, file()}, identity, {});
        EXPECT_TRUE(command);
        return std::move(*command);
    }

    std::filesystem::path directory_;
};

bool ended(const Command& command, int timeout_ms) {
    pollfd descriptor{.fd = command.exit_fd(), .events = POLLIN, .revents = 0};
    return poll(&descriptor, 1, timeout_ms) == 1;
}

TEST_F(Commands, NothingRunsBeforeStart) {
    Command command = shell("echo ran > $0");
    EXPECT_FALSE(ended(command, 50));
    EXPECT_FALSE(std::filesystem::exists(file()));
    ASSERT_TRUE(command.start());
    EXPECT_EQ(command.wait()->code, 0);
    EXPECT_EQ(content(), "ran\n");
}

TEST_F(Commands, ACommandThatIsNotStartedNeverRuns) {
    { const Command command = shell("echo ran > $0"); }
    EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(Commands, TheDescriptorTellsTheEndAndTheStatusIsKept) {
    Command command = shell("sleep 0.1; exit 7");
    ASSERT_TRUE(command.start());
    EXPECT_TRUE(ended(command, 10'000));
    const auto status = command.wait();
    ASSERT_TRUE(status);
    EXPECT_EQ(status->code, 7);
    EXPECT_EQ(status->signal, 0);
    EXPECT_FALSE(command.wait());
}

TEST_F(Commands, TheSignalThatKilledItIsTold) {
    Command command = shell("kill -TERM $$");
    ASSERT_TRUE(command.start());
    EXPECT_EQ(command.wait()->signal, SIGTERM);
}

TEST_F(Commands, AProgramThatIsNotThereIsAUsageError) {
    auto command = Command::prepare({"no-such-program-anywhere"}, {}, {});
    ASSERT_TRUE(command);
    const auto started = command->start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, Errc::usage);
    EXPECT_EQ(started.error().message,
              "cannot run no-such-program-anywhere: No such file or directory");
}

TEST_F(Commands, AProgramThatMayNotRunIsRefused) {
    std::ofstream(file()) << "x";
    auto command = Command::prepare({file()}, {}, {});
    const auto started = command->start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, Errc::refused);
}

TEST_F(Commands, NoCommandIsAUsageError) {
    EXPECT_EQ(Command::prepare({}, {}, {}).error().code, Errc::usage);
}

TEST_F(Commands, StandardOutputMayGoToStandardError) {
    const int kept = dup(STDERR_FILENO);
    const int to_file = open(file().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    dup2(to_file, STDERR_FILENO);
    auto command = Command::prepare({"echo", "hello"}, {}, {.stdout_to_stderr = true});
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(to_file);
    ASSERT_TRUE(command && command->start());
    EXPECT_EQ(command->wait()->code, 0);
    EXPECT_EQ(content(), "hello\n");
}

TEST_F(Commands, SignalsThatWeIgnoreAreTheCommandsOwn) {
    const auto previous = std::signal(SIGINT, SIG_IGN);
    Command command = shell("kill -INT $$; echo survived > $0");
    std::signal(SIGINT, previous);
    ASSERT_TRUE(command.start());
    EXPECT_EQ(command.wait()->signal, SIGINT);
}

TEST_F(Commands, OneKilledWhileItWaitsIsAnErrorAndNoSignalForUs) {
    Command command = shell("true");
    kill(command.pid(), SIGKILL);
    ASSERT_TRUE(ended(command, 10'000));
    EXPECT_FALSE(command.start());
}

TEST_F(Commands, ItRunsAsTheInvokingUserWithThatUsersHome) {
    if (geteuid() != 0)
        GTEST_SKIP() << "needs root";
    const auto nobody = invoking_identity("nobody", 0, [](const char*) { return std::nullopt; });
    ASSERT_TRUE(nobody);
    Command command = shell("id -u > $0; id -g >> $0; echo $HOME $USER $LOGNAME >> $0", *nobody);
    ASSERT_TRUE(command.start());
    EXPECT_EQ(command.wait()->code, 0);
    EXPECT_EQ(content(), std::to_string(nobody->uid) + "\n" + std::to_string(nobody->gid) + "\n" +
                             nobody->home + " nobody nobody\n");
}

} // namespace

} // namespace fusewire

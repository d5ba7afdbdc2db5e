// When a connection is over. Mounts are given, fusectl is a folder, and servers are children.
#include "capture/live/connection_watch.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

namespace fusewire {

namespace {

using namespace std::chrono_literals;

constexpr ConnId conn{41};
const ConnectionWatch::Clock::time_point start{1h};

std::vector<Mount> mounted(std::initializer_list<std::uint32_t> numbers) {
    std::vector<Mount> mounts;
    for (const std::uint32_t number : numbers)
        mounts.push_back({.conn = ConnId{number}, .mount_point = "/m", .fs_type = "fuse.x"});
    return mounts;
}

// A process that serves until it is told to end.
class Server {
  public:
    Server() : pid_(fork()) {
        if (pid_ == 0)
            for (;;)
                pause();
    }
    ~Server() { end(); }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint32_t pid() const { return static_cast<std::uint32_t>(pid_); }
    void end() {
        if (pid_ <= 0)
            return;
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }

  private:
    pid_t pid_;
};

class ConnectionWatchTest : public testing::Test {
  protected:
    ConnectionWatchTest() { watch.add(conn); }
    ~ConnectionWatchTest() override { std::filesystem::remove_all(fusectl); }

    // How the connection ended by then, or "".
    std::string look(const std::vector<Mount>* mounts, ConnectionWatch::Clock::duration later) {
        const auto ended = watch.look(mounts, start + later);
        if (ended.empty())
            return "";
        EXPECT_EQ(ended.front().conn, conn);
        return ended.front().how == ConnectionEnd::unmounted ? "unmounted" : "server";
    }

    static std::string make_fusectl() {
        std::string name = testing::TempDir() + "fusectl-XXXXXX";
        return mkdtemp(name.data());
    }

    const std::vector<Mount> here = mounted({40, 41});
    const std::vector<Mount> gone = mounted({40});
    const std::string fusectl = make_fusectl();
    ConnectionWatch watch{{.mountinfo = "/proc/self/mountinfo", .fusectl = fusectl}};
};

TEST_F(ConnectionWatchTest, WhatIsMountedGoesOn) {
    EXPECT_EQ(look(&here, 0s), "");
    EXPECT_EQ(look(nullptr, 1h), "");
    EXPECT_FALSE(watch.over());
}

TEST_F(ConnectionWatchTest, AnUnmountIsTheEndAndIsToldOnce) {
    EXPECT_EQ(look(&here, 0s), "");
    EXPECT_EQ(look(&gone, 1s), "unmounted");
    EXPECT_EQ(look(&gone, 5s), "");
    EXPECT_TRUE(watch.over());
}

TEST_F(ConnectionWatchTest, WhatWasUnmountedLazilyGoesOnUntilFusectlForgetsIt) {
    std::filesystem::create_directory(fusectl + "/41");
    EXPECT_EQ(look(&gone, 0s), "");
    std::filesystem::remove(fusectl + "/41");
    EXPECT_EQ(look(nullptr, 500ms), "") << "fusectl is looked at once a second";
    EXPECT_EQ(look(nullptr, 1s), "unmounted");
}

TEST_F(ConnectionWatchTest, AnotherFileSystemWithTheNumberIsNotTheConnection) {
    auto mounts = here;
    mounts[1].fs_type = "tmpfs";
    EXPECT_EQ(look(&mounts, 0s), "unmounted");
}

TEST_F(ConnectionWatchTest, AServerThatEndedIsTheEndAfterAMomentOfGrace) {
    Server server;
    watch.saw_server(conn, server.pid());
    EXPECT_EQ(look(&here, 0s), "");
    server.end();
    EXPECT_EQ(look(nullptr, 1s), "");
    EXPECT_EQ(look(nullptr, 1900ms), "");
    EXPECT_EQ(look(nullptr, 2s), "server");
    EXPECT_TRUE(watch.over());
}

TEST_F(ConnectionWatchTest, AnotherServerThatTakesOverKeepsItAlive) {
    Server first;
    Server second;
    watch.saw_server(conn, first.pid());
    first.end();
    EXPECT_EQ(look(&here, 0s), "");
    watch.saw_server(conn, second.pid());
    EXPECT_EQ(look(nullptr, 1h), "");
    second.end();
    EXPECT_EQ(look(nullptr, 2h), "");
    EXPECT_EQ(look(nullptr, 2h + 1s), "server");
}

TEST_F(ConnectionWatchTest, TheEndOfOneOfSeveralServersIsNotTheEnd) {
    Server worker;
    const Server server;
    watch.saw_server(conn, server.pid());
    watch.saw_server(conn, worker.pid());
    worker.end();
    EXPECT_EQ(look(&here, 0s), "");
    EXPECT_EQ(look(nullptr, 1h), "");
}

TEST_F(ConnectionWatchTest, ServersOfOtherConnectionsDoNotMatter) {
    Server other;
    watch.saw_server(ConnId{40}, other.pid());
    watch.saw_server(conn, 0);
    other.end();
    EXPECT_EQ(look(&here, 0s), "");
    EXPECT_EQ(look(nullptr, 1h), "");
}

TEST_F(ConnectionWatchTest, ItIsOverWhenAllConnectionsAre) {
    watch.add(ConnId{40});
    EXPECT_EQ(look(&gone, 0s), "unmounted");
    EXPECT_FALSE(watch.over());
    const std::vector<Mount> none;
    EXPECT_EQ(watch.look(&none, start).size(), 1u);
    EXPECT_TRUE(watch.over());
}

TEST(ConnectionWatch, WithoutConnectionsItIsNeverOver) {
    ConnectionWatch watch;
    const std::vector<Mount> none;
    EXPECT_TRUE(watch.look(&none, start).empty());
    EXPECT_FALSE(watch.over());
}

TEST(ConnectionWatch, TheFirstLookAtMountsIsAlwaysDue) {
    ConnectionWatch watch;
    EXPECT_TRUE(watch.mounts_changed());
}

} // namespace

} // namespace fusewire

// What LiveSource promises beside the bytes: loss is counted, filters filter, it ends when asked,
// and it needs no privileges once it is open.
#include "capture/live/command.h"
#include "capture/live/privileges.h"
#include "tests/live/comparison.h"
#include "tests/live/load.h"

#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>

namespace fusewire::live_test {

namespace {

using Capture = LiveTest;

std::unique_ptr<LiveSource> open_or_throw(const LiveOptions& options) {
    auto source = LiveSource::open(options);
    if (!source)
        throw std::runtime_error(source.error().message);
    return std::move(*source);
}

bool exists(const std::string& path) {
    struct stat attributes {};
    return stat(path.c_str(), &attributes) == 0;
}

bool is_loss(const CapturedRecord& record) {
    return record.record.direction == Direction::loss;
}

std::uint64_t told_loss(const std::vector<CapturedRecord>& records) {
    std::uint64_t lost = 0;
    for (const CapturedRecord& record : records)
        lost += record.record.lost;
    return lost;
}

TEST_F(Capture, DeliveredAndLostTogetherAreWhatTheServerSaw) {
    LoggedServer server({"--file-bytes", "300000"});
    LiveOptions options = options_for(server.conn());
    options.probe.ring_bytes = 64 << 10;
    const auto source = open_or_throw(options);
    // Nobody reads, so the ring is full after a few messages.
    run_load(server.process().mount_point(), {.threads = 2, .rounds = 3});
    const auto log = server.log();
    source->stop();
    const auto records = drain(*source);

    const auto sent = visible(log, test_sight()).size();
    const auto delivered = std::ranges::count_if(records, std::not_fn(is_loss));
    std::printf("sent %zu = delivered %zd + lost %lu\n", sent, delivered,
                static_cast<unsigned long>(source->counts().lost));
    EXPECT_GT(delivered, 0);
    EXPECT_GT(source->counts().lost, 100u);
    EXPECT_EQ(static_cast<std::uint64_t>(delivered) + source->counts().lost, sent);
    EXPECT_EQ(told_loss(records), source->counts().lost);
    EXPECT_TRUE(is_loss(records.back()) || records.back().record.lost > 0);
}

TEST_F(Capture, LossWhileTheReaderKeepsUpAgainIsToldAndEveryDeliveredMessageIsWhole) {
    LoggedServer server({"--file-bytes", "300000"});
    LiveOptions options = options_for(server.conn());
    options.probe.ring_bytes = 64 << 10;
    RunningCapture running(options);
    run_load(server.process().mount_point(), {.threads = 4, .rounds = 3});
    const auto log = server.log();
    auto records = running.stop();

    EXPECT_EQ(told_loss(records), running.source().counts().lost);
    std::erase_if(records, is_loss);
    EXPECT_EQ(records.size() + running.source().counts().lost, visible(log, test_sight()).size());
    const Comparison comparison = compare(log, records, test_sight());
    const auto not_captured = static_cast<std::uint64_t>(comparison.differences.size());
    // Without its unique and with a lost reply, a request may have got that of a later one.
    if (comparison.nameless > 0)
        EXPECT_GE(not_captured, running.source().counts().lost);
    else
        EXPECT_EQ(not_captured, running.source().counts().lost);
}

TEST_F(Capture, OnlyTheConnectionsAskedForAreCaptured) {
    LoggedServer wanted;
    LoggedServer other;
    RunningCapture running(options_for(wanted.conn()));
    for (int i = 0; i < 10; i++) {
        exists(wanted.path("file1"));
        exists(other.path("file1"));
    }
    const auto log = wanted.log();
    other.log();
    const auto& records = running.stop();
    EXPECT_EQ(records.size(), visible(log, test_sight()).size());
    for (const CapturedRecord& record : records)
        EXPECT_EQ(record.record.conn, wanted.conn());
    ASSERT_EQ(running.source().connections().size(), 1u);
}

TEST_F(Capture, WithoutAFilterNewConnectionsAreDescribedAsTheyAppear) {
    LiveOptions all;
    all.tier = test_tier();
    RunningCapture running(all);
    LoggedServer server;
    exists(server.path("file1"));
    const ConnId conn = server.conn();
    server.log();
    const auto& records = running.stop();
    EXPECT_TRUE(std::ranges::any_of(
        records, [&](const CapturedRecord& record) { return record.record.conn == conn; }));
    EXPECT_NE(std::ranges::find(running.source().connections(), conn, &Connection::conn),
              running.source().connections().end());
}

TEST_F(Capture, TheConnectionSaysWhereItIsMountedAndWhatTheTierCannotSee) {
    LoggedServer server;
    const auto source = open_or_throw(options_for(server.conn()));
    ASSERT_EQ(source->connections().size(), 1u);
    const Connection& connection = source->connections()[0];
    EXPECT_EQ(connection.mount_point, server.process().mount_point());
    EXPECT_EQ(connection.fs_type, "fuse.raw_server");
    EXPECT_EQ(connection.tier, source->tier().name);
    EXPECT_EQ(connection.cannot_see.size(), source->tier().cannot_see.size())
        << connection.cannot_see.back();
}

TEST_F(Capture, MessagesAreCutAtTheSnapLengthAndSayHowLongTheyWere) {
    LoggedServer server({"--file-bytes", "300000"});
    LiveOptions options = options_for(server.conn());
    options.probe.snap_length = 20'000;
    RunningCapture running(options);
    run_load(server.process().mount_point(), {.threads = 1, .rounds = 1});
    const auto log = server.log();
    std::size_t cut = 0;
    for (const CapturedRecord& record : running.stop()) {
        if ((record.record.flags & record_stale) != 0)
            continue; // cut to its header
        EXPECT_EQ(record.bytes.size(), std::min(record.record.wire_length, 20'000u));
        const bool truncated = (record.record.flags & record_truncated) != 0;
        EXPECT_EQ(truncated, record.bytes.size() < record.record.wire_length);
        cut += truncated;
    }
    const auto is_long = [](const LogRecord* record) { return record->bytes.size() > 20'000; };
    EXPECT_EQ(cut, std::ranges::count_if(visible(log, test_sight()), is_long));
    EXPECT_GT(cut, 0u);
}

TEST_F(Capture, TimesAreOfTheWallClockAndTheRequestComesFirst) {
    LoggedServer server;
    RunningCapture running(options_for(server.conn()));
    const std::int64_t before = std::int64_t{time(nullptr)} * 1'000'000'000;
    exists(server.path("file1"));
    const std::int64_t after = (std::int64_t{time(nullptr)} + 1) * 1'000'000'000;
    server.log();
    const auto& records = running.stop();
    ASSERT_GE(records.size(), 2u);
    EXPECT_EQ(records[0].record.direction, Direction::request);
    EXPECT_EQ(records[1].record.direction, Direction::reply);
    EXPECT_GE(records[0].record.time_ns, before);
    EXPECT_GE(records[1].record.time_ns, records[0].record.time_ns);
    EXPECT_LE(records[1].record.time_ns, after);
}

TEST_F(Capture, ARequestThatIsAbortedHasNoReply) {
    if (!test_sight().unread)
        GTEST_SKIP() << "tier " << test_sight().tier << " sees a request when it is read";
    LoggedServer server;
    const pid_t pid = server.process().pid();
    const auto source = open_or_throw(options_for(server.conn()));
    kill(pid, SIGSTOP);
    waitpid(pid, nullptr, WUNTRACED);
    std::thread asking([&] { exists(server.path("file1")); });
    Record record;
    const auto got = source->next(record);
    kill(pid, SIGKILL);
    asking.join();
    ASSERT_TRUE(got && *got);
    EXPECT_EQ(record.direction, Direction::request);
    source->stop();
    for (const CapturedRecord& later : drain(*source))
        EXPECT_EQ(later.record.direction, Direction::request);
}

TEST_F(Capture, EndsByItselfWhenItsCommandHasAndHoldsAllOfIt) {
    LoggedServer server;
    auto command = Command::prepare({"stat", "--terse", server.path("file1")}, Identity{},
                                    {.stdout_to_stderr = true});
    ASSERT_TRUE(command);
    const auto source = open_or_throw(options_for(server.conn()));
    ASSERT_TRUE(source->stop_when_readable(command->exit_fd()));
    ASSERT_TRUE(command->start());
    const auto records = drain(*source);
    EXPECT_EQ(command->wait()->code, 0);
    EXPECT_GE(records.size(), 2u);
    const auto log = server.log();
    // log() itself asks for one thing more.
    EXPECT_EQ(records.size() + 2, visible(log, test_sight()).size());
}

TEST_F(Capture, EndsWhenATimerExpiresAndSaysWhenItIsIdle) {
    LoggedServer server;
    const auto source = open_or_throw(options_for(server.conn()));
    const Fd timer(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
    const itimerspec soon{.it_interval = {}, .it_value = {0, 100'000'000}};
    ASSERT_EQ(timerfd_settime(timer.get(), 0, &soon, nullptr), 0);
    ASSERT_TRUE(source->stop_when_readable(timer.get()));
    int idle = 0;
    source->on_idle([&] { idle++; });
    EXPECT_TRUE(drain(*source).empty());
    EXPECT_GE(idle, 2);
}

// In a child, since privileges do not come back. Exit codes say how far it got.
int capture_as_nobody(const std::string& path, ConnId conn) {
    const auto source = LiveSource::open(options_for(conn));
    const auto nobody = invoking_identity("nobody", 0, [](const char*) { return std::nullopt; });
    if (!source || !nobody || !drop_privileges(*nobody))
        return 2;
    if (!exists(path) || geteuid() == 0)
        return 3;
    (*source)->stop();
    const auto records = drain(**source);
    return records.size() >= 2 && (*source)->counts().lost == 0 ? 0 : 4;
}

TEST_F(Capture, NeedsNoPrivilegesOnceItIsOpen) {
    LoggedServer server;
    const pid_t child = fork();
    if (child == 0)
        _exit(capture_as_nobody(server.path("file1"), server.conn()));
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(Capture, WithoutPrivilegesTheErrorSaysWhatIsNeeded) {
    const pid_t child = fork();
    if (child == 0) {
        const auto nobody =
            invoking_identity("nobody", 0, [](const char*) { return std::nullopt; });
        if (!nobody || !drop_privileges(*nobody))
            _exit(2);
        const auto source = LiveSource::open(LiveOptions{});
        const bool says_root = !source && source.error().code == Errc::refused &&
                               source.error().message.find("needs root") != std::string::npos;
        _exit(says_root ? 0 : 3);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

} // namespace

} // namespace fusewire::live_test

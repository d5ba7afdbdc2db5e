// What was on its way before a capture began, and what is on its way at a later look.
#include "tests/live/held_server.h"
#include "tests/live/tier_fixture.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <set>

namespace fusewire::live_test {

namespace {

template <class Struct>
Struct read_as(const Buffer& bytes) {
    Struct value{};
    std::memcpy(&value, bytes.data(), std::min(sizeof(value), bytes.size()));
    return value;
}

std::string name_in(const Buffer& lookup) {
    const std::string text(reinterpret_cast<const char*>(lookup.data()), lookup.size());
    return text.substr(std::min(sizeof(fuse_in_header), text.size())).c_str();
}

bool is_listed(const CapturedRecord& captured) {
    return (captured.record.flags & record_in_flight) != 0;
}

std::vector<CapturedRecord> listed(std::vector<CapturedRecord> records) {
    std::erase_if(records, [](const CapturedRecord& captured) { return !is_listed(captured); });
    return records;
}

std::uint64_t unique_of(const CapturedRecord& captured) {
    return read_as<fuse_in_header>(captured.bytes).unique;
}

std::vector<LogRecord> requests_of(std::vector<LogRecord> log, std::uint32_t opcode) {
    std::erase_if(log, [&](const LogRecord& record) {
        return record.direction != LogDirection::request ||
               read_as<fuse_in_header>(record.bytes).opcode != opcode;
    });
    return log;
}

class Look : public TierTest {
  protected:
    // Everything that the source still has.
    static std::vector<CapturedRecord> end(LiveSource& source) {
        source.stop();
        return drain(source);
    }
};

INSTANTIATE_TEST_SUITE_P(Tiers, Look, testing::ValuesIn(tested_tiers), tier_name);

TEST_P(Look, ARequestThatWaitsForItsReplyIsListedFirst) {
    HeldServer server;
    Askers askers(server);
    server.hold(FUSE_LOOKUP);
    askers.stat("held name");
    ASSERT_TRUE(server.holds(1));
    const auto source = open(options(server.conn()));
    askers.finish();
    const auto records = end(*source);

    ASSERT_GE(records.size(), 2u);
    EXPECT_EQ(listed(records).size(), 1u);
    const auto sent = requests_of(server.log(), FUSE_LOOKUP);
    EXPECT_EQ(records[0].record.direction, Direction::request);
    EXPECT_EQ(records[0].record.flags & (record_in_flight | record_unread | record_truncated),
              record_in_flight);
    EXPECT_EQ(records[0].bytes, sent.at(0).bytes);
    EXPECT_EQ(name_in(records[0].bytes), "held name");
    EXPECT_EQ(records[0].record.conn, server.conn());
    EXPECT_EQ(records[0].record.server_tid, 0u); // what ran was the look

    EXPECT_EQ(records[1].record.direction, Direction::reply);
    EXPECT_EQ(unique_of(records[1]), unique_of(records[0]));
    EXPECT_EQ(records[1].record.pair_key, records[0].record.pair_key);
}

TEST_P(Look, ARequestThatNobodyHasReadSaysSo) {
    HeldServer server;
    Askers askers(server);
    server.pause();
    askers.stat("unread");
    ASSERT_TRUE(server.is_asked());
    const auto source = open(options(server.conn()));
    askers.finish();
    const auto records = end(*source);

    ASSERT_EQ(listed(records).size(), 1u);
    EXPECT_TRUE(is_listed(records[0]));
    EXPECT_NE(records[0].record.flags & record_unread, 0u);
    EXPECT_EQ(name_in(records[0].bytes), "unread");
    EXPECT_EQ(read_as<fuse_in_header>(records[0].bytes).opcode, FUSE_LOOKUP);
    // Read later, where reading is seen; then answered.
    const auto same = [&](const CapturedRecord& captured) {
        return unique_of(captured) == unique_of(records[0]);
    };
    EXPECT_EQ(std::ranges::count_if(records, same), is_in_caller() ? 2 : 3);
    EXPECT_EQ(records.back().record.pair_key, records[0].record.pair_key);
}

TEST_P(Look, ConnectionsOpenSeveralTimesAreListedOnce) {
    HeldServer server;
    Askers askers(server);
    const Fd second(fcntl(server.device(), F_DUPFD_CLOEXEC, 0));
    const Fd third(fcntl(server.device(), F_DUPFD_CLOEXEC, 0));
    server.hold(FUSE_LOOKUP);
    askers.stat("read");
    ASSERT_TRUE(server.holds(1));
    server.pause();
    askers.stat("unread");
    ASSERT_TRUE(server.is_asked());
    const auto source = open(options(server.conn()));
    ASSERT_TRUE(source->look());
    askers.finish();
    std::multiset<std::string> names;
    for (const CapturedRecord& captured : listed(end(*source)))
        names.insert(name_in(captured.bytes));
    EXPECT_EQ(names, (std::multiset<std::string>{"read", "read", "unread", "unread"}));
}

TEST_P(Look, ALaterLookListsWhatIsStillOnItsWay) {
    HeldServer server;
    Askers askers(server);
    server.hold(FUSE_LOOKUP);
    const auto source = open(options(server.conn()));
    askers.stat("late");
    ASSERT_TRUE(server.holds(1));
    ASSERT_TRUE(source->look());
    ASSERT_TRUE(source->look());
    askers.finish();
    ASSERT_TRUE(source->look()); // all is over
    const auto records = end(*source);

    ASSERT_EQ(listed(records).size(), 2u);
    ASSERT_GE(records.size(), 4u);
    EXPECT_FALSE(is_listed(records[0])); // as it was sent
    for (int i = 0; i < 4; i++) {
        EXPECT_EQ(unique_of(records.at(i)), unique_of(records[0]));
        EXPECT_EQ(records.at(i).record.pair_key, records[0].record.pair_key);
    }
    EXPECT_EQ(records[3].record.direction, Direction::reply);
}

TEST_P(Look, WhatHasNoReplyOrIsAnInterruptIsNotListed) {
    HeldServer server;
    Askers askers(server);
    const std::string path = server.path("short lived");
    ASSERT_TRUE(Fd(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)));
    ASSERT_EQ(unlink(path.c_str()), 0); // FORGET
    struct sigaction action {};
    action.sa_handler = [](int) {};
    sigaction(SIGUSR1, &action, nullptr);
    server.hold(FUSE_LOOKUP);
    askers.stat("interrupted");
    ASSERT_TRUE(server.holds(1));
    server.pause();
    pthread_kill(askers.threads()[0].native_handle(), SIGUSR1);
    ASSERT_TRUE(server.is_asked());
    const auto source = open(options(server.conn()));
    askers.finish();
    const auto found = listed(end(*source));
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(name_in(found[0].bytes), "interrupted");
    EXPECT_EQ(found[0].record.flags & record_unread, 0u);
}

TEST_P(Look, AThousandRequestsAreAllListed) {
    constexpr std::size_t many = 1000;
    HeldServer server;
    Askers askers(server);
    server.hold(FUSE_LOOKUP);
    for (std::size_t i = 0; i < many; i++)
        askers.stat("name " + std::to_string(i));
    ASSERT_TRUE(server.holds(many));
    const auto source = open(options(server.conn()));
    const auto found = listed(end(*source));
    askers.finish();
    std::set<std::string> names;
    for (const CapturedRecord& captured : found)
        names.insert(name_in(captured.bytes));
    EXPECT_EQ(found.size(), many);
    EXPECT_EQ(names.size(), many);
    EXPECT_EQ(source->counts().lost, 0u);
}

TEST_P(Look, TheConnectionSaysWhatInitSettledAndWhoServesIt) {
    HeldServer server;
    const auto source = open(options(server.conn()));
    ASSERT_EQ(source->connections().size(), 1u);
    const Connection& connection = source->connections()[0];
    const auto log = server.log();
    ASSERT_GE(log.size(), 2u);
    Buffer body(log[1].bytes.begin() + sizeof(fuse_out_header), log[1].bytes.end());
    const auto settled = read_as<fuse_init_out>(body);
    EXPECT_EQ(connection.minor, settled.minor);
    const auto leaves_no_trace = std::uint32_t{FUSE_MAX_PAGES};
    EXPECT_EQ(connection.init_flags, settled.flags & ~leaves_no_trace);
    EXPECT_NE(connection.init_flags & FUSE_ASYNC_READ, 0u);
    EXPECT_EQ(connection.server_pid, static_cast<std::uint32_t>(getpid()));
    EXPECT_EQ(connection.server_name, "live_test");
}

TEST_P(Look, AFilterHoldsForWhatIsListedToo) {
    HeldServer server;
    Askers askers(server);
    server.hold(FUSE_LOOKUP);
    server.hold(FUSE_GETATTR);
    askers.stat("name");
    askers.stat(""); // GETATTR of the root
    ASSERT_TRUE(server.holds(2));
    LiveOptions only_getattr = options(server.conn());
    only_getattr.probe.filter.opcodes.emplace().opcodes.set(FUSE_GETATTR);
    const auto source = open(only_getattr);
    askers.finish();
    const auto records = end(*source);
    ASSERT_EQ(records.size(), 2u);
    EXPECT_TRUE(is_listed(records[0]));
    EXPECT_EQ(read_as<fuse_in_header>(records[0].bytes).opcode, FUSE_GETATTR);
    EXPECT_EQ(unique_of(records[1]), unique_of(records[0]));
}

TEST_P(Look, NothingOfAnotherServerIsListed) {
    HeldServer server; // of this process
    Askers askers(server);
    server.hold(FUSE_LOOKUP);
    askers.stat("of another server");
    ASSERT_TRUE(server.holds(1));
    LoggedServer wanted;
    LiveOptions of_server = options({});
    of_server.probe.filter.connections.clear();
    of_server.probe.filter.server_pid = static_cast<std::uint32_t>(wanted.process().pid());
    const auto source = open(of_server);
    EXPECT_TRUE(end(*source).empty());
}

TEST_P(Look, ARequestFromBeforeIsThereWithItsError) {
    HeldServer server;
    Askers askers(server);
    server.hold(FUSE_LOOKUP);
    askers.stat("fails");
    ASSERT_TRUE(server.holds(1));
    LiveOptions only_errors = options(server.conn());
    only_errors.probe.filter.errors = true;
    const auto source = open(only_errors);
    server.release(EIO);
    askers.finish();
    const auto records = end(*source);
    ASSERT_EQ(records.size(), 2u);
    EXPECT_TRUE(is_listed(records[0]));
    EXPECT_EQ(name_in(records[0].bytes), "fails");
    EXPECT_EQ(read_as<fuse_out_header>(records[1].bytes).error, -EIO);
}

TEST_P(Look, ALookForgetsNothingOfARequestThatWasSeen) {
    HeldServer server;
    Askers askers(server);
    server.hold(FUSE_LOOKUP);
    LiveOptions only_errors = options(server.conn());
    only_errors.probe.filter.errors = true;
    const auto source = open(only_errors);
    askers.stat("fails");
    ASSERT_TRUE(server.holds(1));
    ASSERT_TRUE(source->look());
    server.release(EIO);
    askers.finish();
    const auto records = end(*source);
    ASSERT_EQ(records.size(), 2u);
    EXPECT_FALSE(is_listed(records[0]));
}

// Their next return from read() is what wakes them, and its entry was before us.
TEST_P(Look, ThreadsThatWaitInReadMissNothing) {
    LoggedServer server({"--threads", "8"});
    RunningCapture running(options(server.conn()));
    std::vector<std::thread> askers;
    for (int i = 0; i < 16; i++)
        askers.emplace_back([path = server.path("file" + std::to_string(i))] {
            struct stat attributes {};
            stat(path.c_str(), &attributes);
        });
    for (std::thread& asker : askers)
        asker.join();
    const auto log = server.log();
    std::multiset<std::uint64_t> sent, seen;
    for (const LogRecord& record : log)
        if (record.direction == LogDirection::request) {
            const auto header = read_as<fuse_in_header>(record.bytes);
            const bool has_reply =
                header.opcode != FUSE_FORGET && header.opcode != FUSE_BATCH_FORGET;
            if (has_reply || !is_in_caller())
                sent.insert(header.unique);
        }
    for (const CapturedRecord& captured : running.stop())
        if (captured.record.direction == Direction::request)
            seen.insert(unique_of(captured));
    EXPECT_EQ(seen, sent);
    EXPECT_EQ(running.source().counts().lost, 0u);
}

} // namespace

} // namespace fusewire::live_test

// What the filters in the kernel leave out and let pass, in every tier, against the log of the
// server.
#include "tests/live/held_server.h"
#include "tests/live/tier_fixture.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <map>
#include <optional>

namespace fusewire::live_test {

namespace {

constexpr uid_t nobody = 65534;
constexpr std::size_t held_bytes = 1024; // of the request of an error
constexpr std::size_t read_header = sizeof(fuse_out_header);
constexpr std::size_t write_header = sizeof(fuse_in_header) + sizeof(fuse_write_in);

template <class Struct>
Struct read_as(const Buffer& bytes) {
    Struct value{};
    std::memcpy(&value, bytes.data(), std::min(sizeof(value), bytes.size()));
    return value;
}

// What a filter is expected to let pass.
struct Expectation {
    std::function<bool(const fuse_in_header&)> request = [](const auto&) { return true; };
    bool errors = false;
    std::optional<std::size_t> data_bytes;
};

struct Expected {
    LogDirection direction{};
    std::uint64_t unique = 0;
    const Buffer* bytes = nullptr;
    std::size_t kept = 0; // of the bytes
};

// The log of a server with the requests of its replies.
class Truth {
  public:
    // `in_caller`: as TierTest::is_in_caller().
    Truth(std::vector<LogRecord> log, bool in_caller) : log_(std::move(log)) {
        if (in_caller)
            std::erase_if(log_, is_unseen);
        for (const LogRecord& record : log_)
            if (record.direction == LogDirection::request)
                requests_[read_as<fuse_in_header>(record.bytes).unique] =
                    read_as<fuse_in_header>(record.bytes);
            else
                errors_[read_as<fuse_out_header>(record.bytes).unique] =
                    read_as<fuse_out_header>(record.bytes).error;
    }

    std::vector<Expected> pass(const Expectation& filter) const {
        std::vector<Expected> passed;
        for (const LogRecord& record : log_) {
            const std::uint64_t unique = read_as<fuse_in_header>(record.bytes).unique;
            const auto asked = requests_.find(unique);
            if (asked == requests_.end() || !filter.request(asked->second))
                continue;
            if (filter.errors && (!errors_.contains(unique) || errors_.at(unique) == 0))
                continue;
            passed.push_back({record.direction, unique, &record.bytes,
                              kept(record, asked->second.opcode, filter)});
        }
        return passed;
    }

  private:
    // In both headers unique is in the same place.
    static_assert(offsetof(fuse_in_header, unique) == offsetof(fuse_out_header, unique));

    static bool is_unseen(const LogRecord& record) {
        const auto opcode = read_as<fuse_in_header>(record.bytes).opcode;
        return record.direction == LogDirection::request &&
               (opcode == FUSE_FORGET || opcode == FUSE_BATCH_FORGET || opcode == FUSE_INTERRUPT);
    }

    static std::size_t kept(const LogRecord& record, std::uint32_t opcode,
                            const Expectation& filter) {
        const bool is_request = record.direction == LogDirection::request;
        std::size_t most = record.bytes.size();
        if (filter.errors && is_request)
            most = std::min(most, held_bytes);
        if (filter.data_bytes && is_request && opcode == FUSE_WRITE)
            most = std::min(most, write_header + *filter.data_bytes);
        if (filter.data_bytes && !is_request && opcode == FUSE_READ)
            most = std::min(most, read_header + *filter.data_bytes);
        return most;
    }

    std::vector<LogRecord> log_;
    std::map<std::uint64_t, fuse_in_header> requests_; // by unique
    std::map<std::uint64_t, std::int32_t> errors_;
};

using Key = std::pair<LogDirection, std::uint64_t>;

Key key_of(const CapturedRecord& captured) {
    return {static_cast<LogDirection>(captured.record.direction),
            read_as<fuse_out_header>(captured.bytes).unique};
}

void expect_equal(const Expected& expected, const CapturedRecord& captured) {
    const Record& record = captured.record;
    EXPECT_EQ(record.wire_length, expected.bytes->size());
    const bool stale = (record.flags & record_stale) != 0;
    const std::size_t size = stale ? read_header : expected.kept;
    EXPECT_EQ(captured.bytes.size(), size);
    EXPECT_EQ((record.flags & record_truncated) != 0, captured.bytes.size() < record.wire_length);
    const auto part = std::span(*expected.bytes).first(std::min(size, expected.bytes->size()));
    EXPECT_TRUE(std::ranges::equal(captured.bytes, part));
}

// Each of these and nothing else, and a request before its reply.
void expect_exactly(const std::vector<Expected>& expected,
                    const std::vector<CapturedRecord>& records) {
    std::map<Key, const CapturedRecord*> captured;
    for (const CapturedRecord& record : records) {
        const Key key = key_of(record);
        EXPECT_TRUE(captured.emplace(key, &record).second) << key.second << " twice";
        if (key.first == LogDirection::reply) {
            EXPECT_TRUE(captured.contains({LogDirection::request, key.second}))
                << key.second << " before its request";
        }
    }
    EXPECT_EQ(records.size(), expected.size());
    for (const Expected& message : expected) {
        const auto found = captured.find({message.direction, message.unique});
        if (found == captured.end())
            ADD_FAILURE() << message.unique << " is missing";
        else
            expect_equal(message, *found->second);
    }
}

bool exists(const std::string& path) {
    struct stat attributes {};
    return stat(path.c_str(), &attributes) == 0;
}

// Every kind of thing that the filters tell apart: opcodes, errors, long requests, file data.
void use(const LoggedServer& server) {
    for (int i = 0; i < 5; i++) {
        exists(server.path("file" + std::to_string(i)));
        exists(server.path("missing" + std::to_string(i)));
    }
    Buffer data(5000, std::byte{0x5a});
    const Fd file(open(server.path("file1").c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_TRUE(file);
    EXPECT_EQ(pwrite(file.get(), data.data(), data.size(), 0), 5000);
    EXPECT_EQ(pread(file.get(), data.data(), 4096, 0), 4096);
    EXPECT_EQ(pread(file.get(), data.data(), 8, 0), 8);
    EXPECT_EQ(fgetxattr(file.get(), "user.missing", data.data(), data.size()), -1);
    // More than is kept of a request until it has failed.
    EXPECT_EQ(ioctl(file.get(), _IOC(_IOC_WRITE, 'x', 1, 2048), data.data()), -1);
    EXPECT_EQ(errno, ENOTTY);
}

class Filter : public TierTest {
  protected:
    // Captures what use() makes and compares it.
    void expect_of_use(const MessageFilter& filter, const Expectation& expectation) {
        LoggedServer server;
        LiveOptions with_filter = options(server.conn());
        with_filter.probe.filter = filter;
        with_filter.probe.filter.connections = {server.conn()};
        RunningCapture running(with_filter);
        use(server);
        expect(server, running, expectation);
    }

    void expect(LoggedServer& server, RunningCapture& running, const Expectation& expectation) {
        const Truth truth(server.log(), is_in_caller());
        const auto expected = truth.pass(expectation);
        EXPECT_GT(expected.size(), 0u);
        EXPECT_LT(expected.size(), truth.pass({}).size() + (expectation.data_bytes ? 1 : 0));
        expect_exactly(expected, running.stop());
        EXPECT_EQ(running.source().counts().lost, 0u);
    }
};

INSTANTIATE_TEST_SUITE_P(Tiers, Filter, testing::ValuesIn(tested_tiers), tier_name);

MessageFilter only(std::initializer_list<std::size_t> opcodes) {
    MessageFilter filter;
    filter.opcodes.emplace();
    for (const std::size_t opcode : opcodes)
        filter.opcodes->opcodes.set(opcode);
    return filter;
}

MessageFilter all_but(std::initializer_list<std::size_t> opcodes) {
    MessageFilter filter = only(opcodes);
    filter.opcodes->opcodes.flip();
    filter.opcodes->others = true;
    return filter;
}

MessageFilter only_errors() {
    MessageFilter filter;
    filter.errors = true;
    return filter;
}

TEST_P(Filter, OpcodesAskedForComeWithTheirReplies) {
    expect_of_use(only({FUSE_LOOKUP, FUSE_WRITE}), {.request = [](const fuse_in_header& header) {
                      return header.opcode == FUSE_LOOKUP || header.opcode == FUSE_WRITE;
                  }});
}

TEST_P(Filter, OpcodesLeftOutAreMissingWithTheirReplies) {
    expect_of_use(all_but({FUSE_LOOKUP, FUSE_READ}), {.request = [](const fuse_in_header& header) {
                      return header.opcode != FUSE_LOOKUP && header.opcode != FUSE_READ;
                  }});
}

TEST_P(Filter, ErrorsComeEachWithItsRequestAndNothingElse) {
    expect_of_use(only_errors(), {.errors = true});
}

TEST_P(Filter, ErrorsOfOpcodesAskedFor) {
    MessageFilter filter = only({FUSE_IOCTL, FUSE_READ});
    filter.errors = true;
    expect_of_use(filter, {.request =
                               [](const fuse_in_header& header) {
                                   return header.opcode == FUSE_IOCTL || header.opcode == FUSE_READ;
                               },
                           .errors = true});
}

TEST_P(Filter, FileDataIsCutBehindTheHeadersAndTheLengthIsTrue) {
    MessageFilter filter;
    filter.data_bytes = 100;
    expect_of_use(filter, {.data_bytes = 100});
}

TEST_P(Filter, FileDataIsLeftOut) {
    MessageFilter filter;
    filter.data_bytes = 0;
    expect_of_use(filter, {.data_bytes = 0});
}

TEST_P(Filter, RequestsOfOneUser) {
    LoggedServer server;
    LiveOptions of_nobody = options(server.conn());
    of_nobody.probe.filter.uid = nobody;
    RunningCapture running(of_nobody);
    const std::string found = server.path("file1");
    const std::string missing = server.path("missing");
    const pid_t child = fork();
    if (child == 0) {
        if (setgid(nobody) != 0 || setuid(nobody) != 0)
            _exit(1);
        _exit(exists(found) && !exists(missing) ? 0 : 2);
    }
    exists(found);
    exists(server.path("file2"));
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    expect(server, running,
           {.request = [](const fuse_in_header& header) { return header.uid == nobody; }});
}

// A process with two threads, each of which asks when it is told to.
class Caller {
  public:
    Caller(const std::string& first, const std::string& second) {
        if (pipe(go_) != 0 || pipe(tell_) != 0)
            throw std::runtime_error("no pipe");
        pid_ = fork();
        if (pid_ == 0)
            run(first, second);
        if (read(tell_[0], &thread_, sizeof(thread_)) != sizeof(thread_))
            throw std::runtime_error("the child does not begin");
    }
    ~Caller() {
        for (const int fd : {go_[0], go_[1], tell_[0], tell_[1]})
            close(fd);
    }
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

    std::uint32_t pid() const { return static_cast<std::uint32_t>(pid_); }
    std::uint32_t thread() const { return static_cast<std::uint32_t>(thread_); }

    void go() const {
        EXPECT_EQ(write(go_[1], "gg", 2), 2);
        int status = 0;
        waitpid(pid_, &status, 0);
        EXPECT_EQ(status, 0);
    }

  private:
    [[noreturn]] void run(const std::string& first, const std::string& second) const {
        const auto wait_and_ask = [&](const std::string& path) {
            char go = 0;
            return read(go_[0], &go, 1) == 1 && exists(path);
        };
        std::thread other([&] {
            const auto thread = static_cast<pid_t>(syscall(SYS_gettid));
            if (write(tell_[1], &thread, sizeof(thread)) != sizeof(thread) || !wait_and_ask(second))
                _exit(1);
        });
        const bool done = wait_and_ask(first);
        other.join();
        _exit(done ? 0 : 2);
    }

    int go_[2] = {-1, -1};
    int tell_[2] = {-1, -1};
    pid_t pid_ = -1;
    pid_t thread_ = -1;
};

TEST_P(Filter, RequestsOfAProcessAndItsThreads) {
    LoggedServer server;
    const Caller caller(server.path("file1"), server.path("file2"));
    LiveOptions of_caller = options(server.conn());
    of_caller.probe.filter.pids = {caller.pid()};
    RunningCapture running(of_caller);
    exists(server.path("file3"));
    caller.go();
    exists(server.path("file4"));
    const auto log = server.log();
    const Truth truth(log, is_in_caller());
    std::map<std::uint32_t, int> seen;
    const auto expected = truth.pass({.request = [&](const fuse_in_header& header) {
        seen[header.pid]++;
        return header.pid == caller.pid() || header.pid == caller.thread();
    }});
    EXPECT_TRUE(seen.contains(caller.pid()));
    EXPECT_TRUE(seen.contains(caller.thread()));
    EXPECT_GT(seen.size(), 2u);
    expect_exactly(expected, running.stop());
}

TEST_P(Filter, WhatOneServerHandles) {
    LoggedServer wanted;
    LoggedServer other;
    LiveOptions of_server = options(wanted.conn());
    of_server.probe.filter.connections.clear();
    of_server.probe.filter.server_pid = static_cast<std::uint32_t>(wanted.process().pid());
    RunningCapture running(of_server);
    use(other);
    use(wanted);
    other.log();
    const Truth truth(wanted.log(), is_in_caller());
    expect_exactly(truth.pass({}), running.stop());
    for (const CapturedRecord& captured : running.stop())
        EXPECT_EQ(captured.record.conn, wanted.conn());
    ASSERT_EQ(running.source().connections().size(), 1u);
    EXPECT_EQ(running.source().connections()[0].conn, wanted.conn());
}

TEST_P(Filter, AProcessThatServesNothingIsAUsageError) {
    LiveOptions of_nothing = options({});
    of_nothing.probe.filter.connections.clear();
    of_nothing.probe.filter.server_pid = static_cast<std::uint32_t>(getpid());
    const auto source = LiveSource::open(of_nothing);
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, Errc::usage);
    EXPECT_NE(source.error().message.find(std::to_string(getpid())), std::string::npos);
}

TEST_P(Filter, AServerThatDoesNotServeTheConnectionIsAUsageError) {
    LoggedServer wanted;
    LoggedServer other;
    LiveOptions mixed = options(wanted.conn());
    mixed.probe.filter.server_pid = static_cast<std::uint32_t>(other.process().pid());
    const auto source = LiveSource::open(mixed);
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, Errc::usage);
}

TEST_P(Filter, NothingOfAnotherConnection) {
    LoggedServer wanted;
    LoggedServer other;
    RunningCapture running(options(wanted.conn()));
    use(other);
    use(wanted);
    other.log();
    const Truth truth(wanted.log(), is_in_caller());
    expect_exactly(truth.pass({}), running.stop());
}

class SmallRing : public Filter {
  protected:
    // Nobody reads, so the ring is full after a few messages.
    void expect_exact_loss(const MessageFilter& filter, const Expectation& expectation) {
        LoggedServer server;
        LiveOptions with_filter = options(server.conn());
        with_filter.probe.filter = filter;
        with_filter.probe.filter.connections = {server.conn()};
        with_filter.probe.ring_bytes = 16 << 10;
        const auto source = open(with_filter);
        for (int i = 0; i < 200; i++) {
            exists(server.path("file1"));
            exists(server.path("missing" + std::to_string(i)));
        }
        const Truth truth(server.log(), is_in_caller());
        source->stop();
        auto records = drain(*source);
        std::erase_if(records, [](const CapturedRecord& captured) {
            return captured.record.direction == Direction::loss;
        });
        EXPECT_GT(source->counts().lost, 0u);
        EXPECT_GT(records.size(), 0u);
        EXPECT_EQ(records.size() + source->counts().lost, truth.pass(expectation).size());
    }
};

INSTANTIATE_TEST_SUITE_P(Tiers, SmallRing, testing::ValuesIn(tested_tiers), tier_name);

TEST_P(SmallRing, DeliveredAndLostAreWhatPassesAnOpcodeFilter) {
    expect_exact_loss(only({FUSE_LOOKUP}), {.request = [](const fuse_in_header& header) {
                          return header.opcode == FUSE_LOOKUP;
                      }});
}

TEST_P(SmallRing, DeliveredAndLostAreTheErrorsAndTheirRequests) {
    expect_exact_loss(only_errors(), {.errors = true});
}

// Notifications and other things that servers write unasked.
class Unasked : public TierTest {
  protected:
    void SetUp() override {
        TierTest::SetUp();
        if (!IsSkipped() && !HasFatalFailure() && is_in_caller())
            GTEST_SKIP() << "tier " << GetParam() << " does not see what has no request";
    }

    std::vector<CapturedRecord> capture(HeldServer& server, const MessageFilter& filter,
                                        const std::function<void()>& work) {
        LiveOptions with_filter = options(server.conn());
        with_filter.probe.filter = filter;
        with_filter.probe.filter.connections = {server.conn()};
        RunningCapture running(with_filter);
        work();
        return running.stop();
    }
};

INSTANTIATE_TEST_SUITE_P(Tiers, Unasked, testing::ValuesIn(tested_tiers), tier_name);

template <class... Parts>
Buffer written(std::int32_t code, std::uint64_t unique, const Parts&... parts) {
    fuse_out_header header{};
    header.len = sizeof(header) + (sizeof(parts) + ... + 0);
    header.error = code;
    header.unique = unique;
    Buffer bytes;
    const auto append = [&](const auto& part) {
        const auto raw = std::as_bytes(std::span(&part, 1));
        bytes.insert(bytes.end(), raw.begin(), raw.end());
    };
    append(header);
    (append(parts), ...);
    return bytes;
}

Buffer inval_root() {
    return written(FUSE_NOTIFY_INVAL_INODE, 0,
                   fuse_notify_inval_inode_out{.ino = FUSE_ROOT_ID, .off = -1, .len = 0});
}

TEST_P(Unasked, NotificationsPassAnOpcodeFilter) {
    HeldServer server;
    const auto records = capture(server, only({FUSE_READ}), [&] {
        EXPECT_EQ(server.write(inval_root()), static_cast<long>(inval_root().size()));
        exists(server.path("file1"));
    });
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(records[0].bytes, inval_root());
}

TEST_P(Unasked, NotificationsAreNoErrors) {
    HeldServer server;
    const auto records = capture(server, only_errors(), [&] {
        EXPECT_GT(server.write(inval_root()), 0);
        exists(server.path("missing"));
    });
    ASSERT_EQ(records.size(), 2u); // the LOOKUP and its error
    for (const CapturedRecord& captured : records)
        EXPECT_NE(read_as<fuse_out_header>(captured.bytes).unique, 0u);
}

TEST_P(Unasked, ARefusedReplyThatIsLeftOutHasNoResult) {
    HeldServer server;
    constexpr std::uint64_t nobody_asked = 1'000'000;
    const auto records = capture(server, only({FUSE_READ}), [&] {
        EXPECT_EQ(server.write(written(-EIO, nobody_asked)), -ENOENT);
    });
    EXPECT_TRUE(records.empty());
}

TEST_P(Unasked, ARefusedNotificationComesWithItsResult) {
    HeldServer server;
    const auto bytes = written(-1000, 0);
    const auto records =
        capture(server, only({FUSE_READ}), [&] { EXPECT_EQ(server.write(bytes), -EINVAL); });
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(records[0].bytes, bytes);
    EXPECT_EQ(records[1].record.direction, Direction::write_result);
    EXPECT_EQ(records[1].record.result, -EINVAL);
}

TEST_P(Unasked, TheDataOfAStoreIsCut) {
    HeldServer server;
    const Fd file(::open(server.path("file1").c_str(), O_RDONLY | O_CLOEXEC));
    struct stat attributes {};
    ASSERT_EQ(fstat(file.get(), &attributes), 0);
    const fuse_notify_store_out head{
        .nodeid = attributes.st_ino, .offset = 0, .size = 100, .padding = 0};
    const auto bytes =
        written(FUSE_NOTIFY_STORE, 0, head, std::array<std::byte, 100>{std::byte{7}});
    MessageFilter filter;
    filter.data_bytes = 10;
    const auto records = capture(
        server, filter, [&] { EXPECT_EQ(server.write(bytes), static_cast<long>(bytes.size())); });
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(records[0].record.wire_length, bytes.size());
    EXPECT_EQ(records[0].bytes.size(), sizeof(fuse_out_header) + sizeof(head) + 10);
    EXPECT_TRUE(
        std::ranges::equal(records[0].bytes, std::span(bytes).first(records[0].bytes.size())));
}

} // namespace

} // namespace fusewire::live_test

#include "tests/live/live_fixture.h"

#include "capture/live/mounts.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

namespace fusewire::live_test {

namespace {

using namespace std::chrono_literals;

// Emulated machines are slow.
constexpr auto patience = 60s;

bool holds_within(std::chrono::milliseconds limit, const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end)
            return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

// From mountinfo, which a hanging server cannot delay.
std::optional<ConnId> mounted_at(const std::string& mount_point) {
    const auto mounts = read_mounts();
    if (!mounts)
        return std::nullopt;
    for (const Mount& mount : *mounts)
        if (mount.is_fuse() && mount.mount_point == mount_point)
            return mount.conn;
    return std::nullopt;
}

[[noreturn]] void run_server(std::vector<std::string>& arguments) {
    // raw_server and libfuse both unmount on SIGTERM, so nothing stays mounted if the test dies.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    std::vector<char*> pointers;
    for (std::string& argument : arguments)
        pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    execvp(pointers[0], pointers.data());
    _exit(127);
}

CapturedRecord copy_of(const Record& record) {
    CapturedRecord copy{record, Buffer(record.bytes.begin(), record.bytes.end())};
    copy.record.bytes = {};
    return copy;
}

// In struct fuse_in_header and in struct fuse_out_header.
constexpr std::size_t unique_offset = 8;

std::uint64_t unique_in(const Buffer& bytes) {
    std::uint64_t unique = 0;
    if (bytes.size() >= unique_offset + sizeof(unique))
        std::memcpy(&unique, bytes.data() + unique_offset, sizeof(unique));
    return unique;
}

// On 6.12 the tracepoint of a request runs before the request has its unique. The reply of the same
// pair key says which one it got.
void complete_uniques(std::vector<CapturedRecord>& records) {
    std::map<std::uint64_t, CapturedRecord*> waiting;
    for (CapturedRecord& record : records) {
        const std::uint64_t unique = unique_in(record.bytes);
        if (record.record.pair_key == 0)
            continue;
        if (record.record.direction == Direction::request && unique == 0)
            waiting[record.record.pair_key] = &record;
        if (record.record.direction != Direction::reply)
            continue;
        if (const auto asked = waiting.extract(record.record.pair_key); asked)
            std::memcpy(asked.mapped()->bytes.data() + unique_offset, &unique, sizeof(unique));
    }
}

bool is_settled(const std::vector<LogRecord>& log) {
    std::set<std::uint64_t> open;
    for (const LogRecord& record : log) {
        const std::uint64_t unique = unique_of(record.bytes, record.direction);
        if (record.direction == LogDirection::request && is_answered(opcode_of(record.bytes)))
            open.insert(unique);
        if (record.direction == LogDirection::reply && !record.written)
            return false;
        if (record.direction == LogDirection::reply)
            open.erase(unique);
    }
    return open.empty();
}

// What came of loading the tier that is tested.
struct TriedTier {
    std::string name;
    std::string refusal; // empty: it loads
};

const TriedTier& tried_tier() {
    static const TriedTier tried = [] {
        const auto loaded = load_tier(test_tier(), {});
        return loaded ? TriedTier{std::string(loaded->tier->name), ""}
                      : TriedTier{"", loaded.error().message};
    }();
    return tried;
}

// It is built beside the tests, and is to be copied with them.
std::string raw_server_path() {
    return std::filesystem::read_symlink("/proc/self/exe").replace_filename("raw_server");
}

} // namespace

std::string missing_requirement() {
    if (geteuid() != 0)
        return "live capture needs root";
    if (access("/dev/fuse", R_OK | W_OK) != 0)
        return std::string("/dev/fuse: ") + std::strerror(errno);
    return tried_tier().refusal;
}

std::string test_tier() {
    const char* value = std::getenv("FUSEWIRE_TEST_TIER");
    return value == nullptr || *value == '\0' ? "auto" : value;
}

const TierSight& test_sight() {
    return sight_of(tried_tier().name);
}

unsigned scaled(unsigned amount) {
    const char* value = std::getenv("FUSEWIRE_TEST_PERCENT");
    const unsigned long percent = value == nullptr ? 100 : std::strtoul(value, nullptr, 10);
    return std::max(1u, static_cast<unsigned>(amount * percent / 100));
}

bool live_is_required() {
    const char* value = std::getenv("FUSEWIRE_REQUIRE_LIVE");
    return value != nullptr && std::string_view(value) == "1";
}

void LiveTest::SetUp() {
    const std::string missing = missing_requirement();
    if (missing.empty())
        return;
    if (live_is_required())
        FAIL() << missing;
    GTEST_SKIP() << missing;
}

TemporaryDirectory::TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "fusewire-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
        throw std::runtime_error("no temporary directory");
    path_ = name;
    chmod(path_.c_str(), 0755);
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryDirectory::make(const std::string& name) const {
    std::filesystem::create_directory(file(name));
    return file(name);
}

ServerProcess::ServerProcess(std::vector<std::string> arguments, std::string mount_point)
    : mount_point_(std::move(mount_point)) {
    pid_ = fork();
    if (pid_ < 0)
        throw std::runtime_error("fork failed");
    if (pid_ == 0)
        run_server(arguments);
    if (!holds_within(patience, [&] { return mounted_at(mount_point_).has_value(); })) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        throw std::runtime_error(arguments[0] + " did not mount " + mount_point_);
    }
    conn_ = *mounted_at(mount_point_);
}

ServerProcess::~ServerProcess() {
    stop();
}

bool ServerProcess::ended_within(std::chrono::milliseconds limit) {
    return holds_within(limit, [&] { return waitpid(pid_, nullptr, WNOHANG) != 0; });
}

void ServerProcess::stop() {
    if (pid_ < 0)
        return;
    umount2(mount_point_.c_str(), MNT_DETACH);
    if (!ended_within(patience)) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    pid_ = -1;
}

LoggedServer::LoggedServer(std::vector<std::string> options, ServerWays ways)
    : ways_(std::move(ways)) {
    const std::string mount_point = directory_.make("mount");
    std::vector<std::string> arguments = {raw_server_path(), mount_point, "--log",
                                          directory_.file("log")};
    std::ranges::move(options, std::back_inserter(arguments));
    std::ranges::move(ways_.options(), std::back_inserter(arguments));
    process_ = std::make_unique<ServerProcess>(std::move(arguments), mount_point);
    // Answered only after INIT, so that no test sees half of that.
    struct stat unused {};
    if (stat(mount_point.c_str(), &unused) != 0)
        throw std::runtime_error("raw_server does not answer");
    logged_before_ = read_raw_log(directory_.file("log")).size();
}

// Requests are read in the order in which they were made, so the last one brings all before it.
void LoggedServer::settle() const {
    struct statvfs unused {};
    statvfs(process_->mount_point().c_str(), &unused);
    if (!holds_within(patience, [&] { return is_settled(read_raw_log(directory_.file("log"))); }))
        throw std::runtime_error("raw_server leaves requests without a reply");
}

std::vector<LogRecord> LoggedServer::log() {
    settle();
    process_->stop();
    auto records = read_raw_log(directory_.file("log"));
    records.erase(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(logged_before_));
    return records;
}

LiveOptions options_for(ConnId conn) {
    LiveOptions options;
    options.tier = test_tier();
    options.probe.filter.connections = {conn};
    options.probe.ring_bytes = 64u << 20;
    return options;
}

std::vector<CapturedRecord> drain(LiveSource& source) {
    std::vector<CapturedRecord> records;
    Record record;
    for (;;) {
        const auto more = source.next(record);
        EXPECT_TRUE(more) << more.error().message;
        if (!more || !*more)
            break;
        records.push_back(copy_of(record));
    }
    complete_uniques(records);
    return records;
}

RunningCapture::RunningCapture(const LiveOptions& options) {
    auto source = LiveSource::open(options);
    if (!source)
        throw std::runtime_error(source.error().message);
    source_ = std::move(*source);
    thread_ = std::thread([this] { records_ = drain(*source_); });
}

RunningCapture::~RunningCapture() {
    stop();
}

const std::vector<CapturedRecord>& RunningCapture::stop() {
    source_->stop();
    if (thread_.joinable())
        thread_.join();
    return records_;
}

} // namespace fusewire::live_test

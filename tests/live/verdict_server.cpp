#include "tests/live/verdict_server.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <system_error>

namespace fusewire::live_test {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_request = (1u << 20) + (1u << 16);
constexpr char ready = 'a', done = 'd', proceed = 'g';

RawServerOptions honest(const LyingOptions& options) {
    RawServerOptions raw;
    raw.mount_point = options.mount_point;
    raw.tree = {.files = 3, .file_bytes = 4096, .entries = 3};
    raw.readdirplus = options.readdirplus;
    return raw;
}

void write_char(int fd, char value) {
    while (write(fd, &value, 1) < 0 && errno == EINTR) {
    }
}

char read_char(int fd) {
    char value = 0;
    while (read(fd, &value, 1) < 0 && errno == EINTR) {
    }
    return value;
}

} // namespace

void Caller::arm() const {
    write_char(channel_, ready);
    read_char(channel_);
}

LyingServer::LyingServer(const LyingOptions& options)
    : options_(options), server_(honest(options)), armed_(options.lies_from_the_start),
      stop_(eventfd(0, EFD_CLOEXEC)), thread_([this] { serve(); }) {}

LyingServer::~LyingServer() {
    umount2(options_.mount_point.c_str(), MNT_DETACH);
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t put = write(stop_, &one, sizeof one);
    thread_.join();
    close(stop_);
}

void LyingServer::serve() {
    Buffer buffer(most_request);
    pollfd waiting[] = {{server_.device(), POLLIN, 0}, {stop_, POLLIN, 0}};
    for (;;) {
        poll(waiting, std::size(waiting), -1);
        if (waiting[1].revents != 0)
            return;
        const ssize_t got = read(server_.device(), buffer.data(), buffer.size());
        if (got < 0 && (errno == EINTR || errno == ENOENT || errno == EAGAIN))
            continue;
        if (got < static_cast<ssize_t>(sizeof(fuse_in_header)))
            return; // unmounted
        answer(std::span(buffer).first(static_cast<std::size_t>(got)));
    }
}

void LyingServer::answer(std::span<const std::byte> request) {
    see(request, Direction::request);
    Asked asked;
    asked.bytes = request;
    std::memcpy(&asked.header, request.data(), sizeof asked.header);
    std::optional<Buffer> right;
    asked.right = [&]() -> const Buffer& {
        if (!right)
            right = honest_reply(asked);
        return *right;
    };
    if (armed_ && options_.script && options_.script(*this, asked))
        return;
    if (!asked.right().empty())
        tell(asked.right());
}

Buffer LyingServer::honest_reply(const Asked& asked) {
    Buffer right = server_.answer(asked.bytes).value_or(Buffer());
    if (asked.header.opcode == FUSE_INIT && options_.init) {
        fuse_init_out init{};
        std::memcpy(&init, right.data() + sizeof(fuse_out_header), sizeof init);
        options_.init(init);
        std::memcpy(right.data() + sizeof(fuse_out_header), &init, sizeof init);
    }
    return right;
}

Verdict LyingServer::see(std::span<const std::byte> bytes, Direction direction) {
    const std::lock_guard lock(mutex_);
    Record record;
    record.frame = ++frame_;
    record.flags = record_no_time;
    record.conn = ConnId{1};
    record.direction = direction;
    record.transport = Transport::read_write;
    record.bytes = bytes;
    record.wire_length = static_cast<std::uint32_t>(bytes.size());
    Message message;
    Exchange exchange;
    checker_.see(record, message, exchange);
    return checker_.verdict();
}

// The lock is free while the kernel has the bytes: it may ask something before write() returns.
void LyingServer::put(const Buffer& bytes, bool lie) {
    const Verdict foretold = see(bytes, Direction::reply);
    const ssize_t result = write(server_.device(), bytes.data(), bytes.size());
    const std::int32_t error = result < 0 ? errno : 0;
    const std::lock_guard lock(mutex_);
    written_.push_back({foretold, error, lie});
}

std::vector<Written> LyingServer::written() const {
    const std::lock_guard lock(mutex_);
    return written_;
}

bool LyingServer::lied_within(std::chrono::milliseconds limit) const {
    const auto end = std::chrono::steady_clock::now() + limit;
    for (;;) {
        const auto so_far = written();
        if (std::ranges::any_of(so_far, &Written::lie))
            return true;
        if (std::chrono::steady_clock::now() > end)
            return false;
        std::this_thread::sleep_for(2ms);
    }
}

CallerProcess::CallerProcess(const std::string& root, Call call) {
    int channel[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0)
        throw std::system_error(errno, std::generic_category(), "socketpair");
    pid_ = fork();
    if (pid_ < 0)
        throw std::system_error(errno, std::generic_category(), "fork");
    if (pid_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(channel[0]);
        read_char(channel[1]);
        const int error = call(Caller(root, channel[1]));
        write_char(channel[1], done);
        [[maybe_unused]] const ssize_t sent = write(channel[1], &error, sizeof error);
        _exit(0);
    }
    close(channel[1]);
    channel_ = channel[0];
}

CallerProcess::~CallerProcess() {
    kill(pid_, SIGKILL);
    close(channel_);
    waitpid(pid_, nullptr, 0);
}

std::optional<int> CallerProcess::go(std::chrono::milliseconds limit,
                                     const std::function<void()>& armed) {
    write_char(channel_, proceed);
    const auto end = std::chrono::steady_clock::now() + limit;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        pollfd waiting{channel_, POLLIN, 0};
        if (left <= 0ms || poll(&waiting, 1, static_cast<int>(left.count())) <= 0)
            return std::nullopt;
        const char said = read_char(channel_);
        if (said == ready) {
            armed();
            write_char(channel_, proceed);
            continue;
        }
        int error = 0;
        if (said != done || read(channel_, &error, sizeof error) != sizeof error)
            return std::nullopt;
        return error;
    }
}

} // namespace fusewire::live_test

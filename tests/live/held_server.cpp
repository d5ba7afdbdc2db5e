#include "tests/live/held_server.h"

#include "capture/live/mounts.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace fusewire::live_test {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 30s;
constexpr std::size_t room = 2u << 20;

RawServerOptions options_at(const std::string& mount_point) {
    RawServerOptions options;
    options.mount_point = mount_point;
    return options;
}

ConnId conn_at(const std::string& mount_point) {
    const auto mounts = read_mounts();
    if (mounts)
        for (const Mount& mount : *mounts)
            if (mount.is_fuse() && mount.mount_point == mount_point)
                return mount.conn;
    throw std::runtime_error(mount_point + " is not mounted");
}

fuse_in_header header_of(std::span<const std::byte> request) {
    fuse_in_header header{};
    std::memcpy(&header, request.data(), std::min(sizeof(header), request.size()));
    return header;
}

Buffer failure(const Buffer& request, int error) {
    fuse_out_header header{};
    header.len = sizeof(header);
    header.error = -error;
    header.unique = header_of(request).unique;
    const auto bytes = std::as_bytes(std::span(&header, 1));
    return {bytes.begin(), bytes.end()};
}

} // namespace

HeldServer::HeldServer()
    : mount_point_(directory_.make("mount")), server_(options_at(mount_point_)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), conn_(conn_at(mount_point_)) {
    fcntl(device(), F_SETFL, O_NONBLOCK);
    thread_ = std::thread([this] { serve(); });
    struct stat unused {};
    ::stat(mount_point_.c_str(), &unused); // answered only after INIT
}

HeldServer::~HeldServer() {
    unmount();
}

void HeldServer::unmount() {
    if (!thread_.joinable())
        return;
    resume();
    release();
    umount2(mount_point_.c_str(), MNT_DETACH);
    thread_.join();
}

void HeldServer::serve() {
    Buffer buffer(room);
    for (;;) {
        std::unique_lock lock(mutex_);
        const short events = reads_ ? POLLIN : 0;
        lock.unlock();
        pollfd watched[] = {{device(), events, 0}, {wake_.get(), POLLIN, 0}};
        poll(watched, 2, -1);
        std::uint64_t unused = 0;
        [[maybe_unused]] const auto woken = ::read(wake_.get(), &unused, sizeof(unused));
        if (watched[0].revents != 0 && !serve_one(buffer))
            return;
    }
}

// False once it is unmounted.
bool HeldServer::serve_one(Buffer& buffer) {
    const std::lock_guard lock(mutex_);
    if (!reads_)
        return true;
    const ssize_t got = ::read(device(), buffer.data(), buffer.size());
    if (got < 0)
        return errno != ENODEV;
    Buffer request(buffer.begin(), buffer.begin() + got);
    log_.push_back({.direction = LogDirection::request, .bytes = request});
    if (held_opcodes_.contains(header_of(request).opcode)) {
        held_.push_back(std::move(request));
        return true;
    }
    if (const auto reply = server_.answer(request)) {
        log_.push_back({.direction = LogDirection::reply, .bytes = *reply});
        [[maybe_unused]] const auto written = ::write(device(), reply->data(), reply->size());
    }
    return true;
}

void HeldServer::wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof(one));
}

void HeldServer::hold(std::uint32_t opcode) {
    const std::lock_guard lock(mutex_);
    held_opcodes_.insert(opcode);
}

bool HeldServer::holds(std::size_t count) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end) {
        if (const std::lock_guard lock(mutex_); held_.size() == count)
            return true;
        std::this_thread::sleep_for(5ms);
    }
    return false;
}

void HeldServer::release(int error) {
    const std::lock_guard lock(mutex_);
    held_opcodes_.clear();
    for (const Buffer& request : std::exchange(held_, {})) {
        const auto reply = error != 0 ? failure(request, error) : server_.answer(request);
        if (!reply)
            continue;
        log_.push_back({.direction = LogDirection::reply, .bytes = *reply});
        [[maybe_unused]] const auto written = ::write(device(), reply->data(), reply->size());
    }
}

void HeldServer::pause() {
    const std::lock_guard lock(mutex_);
    reads_ = false;
    wake();
}

bool HeldServer::is_asked() const {
    pollfd watched{device(), POLLIN, 0};
    return poll(&watched, 1, std::chrono::milliseconds(patience).count()) == 1;
}

void HeldServer::resume() {
    const std::lock_guard lock(mutex_);
    reads_ = true;
    wake();
}

long HeldServer::write(std::span<const std::byte> bytes) {
    const ssize_t written = ::write(device(), bytes.data(), bytes.size());
    return written < 0 ? -errno : written;
}

std::vector<LogRecord> HeldServer::log() {
    const std::lock_guard lock(mutex_);
    return log_;
}

void Askers::stat(const std::string& name) {
    threads_.emplace_back([path = server_.path(name)] {
        struct stat unused {};
        ::stat(path.c_str(), &unused);
    });
}

void Askers::finish() {
    server_.resume();
    server_.release();
    for (std::thread& thread : threads_)
        thread.join();
    threads_.clear();
}

} // namespace fusewire::live_test

#include "capture/ring_sink.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace fusewire {

namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;

// Where the extension of the last part of a path begins; a name that begins with a dot has none.
std::size_t extension_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::size_t name = slash == std::string::npos ? 0 : slash + 1;
    const std::size_t dot = path.rfind('.');
    return dot == std::string::npos || dot <= name ? path.size() : dot;
}

} // namespace

std::string ring_file_name(const std::string& path, std::uint64_t number, std::int64_t time_ns) {
    const std::size_t extension = extension_of(path);
    const auto seconds = static_cast<std::time_t>(time_ns / ns_per_second);
    std::tm local{};
    localtime_r(&seconds, &local);
    return fmt::format("{}_{:05}_{:%Y%m%d%H%M%S}{}", path.substr(0, extension), number, local,
                       path.substr(extension));
}

Result<std::unique_ptr<RingSink>> RingSink::create(std::string path, FileFormat format,
                                                   const RingRules& rules, std::int64_t start_ns) {
    std::unique_ptr<RingSink> ring{new RingSink(std::move(path), format, rules)};
    if (auto begun = ring->begin_file(start_ns); !begun)
        return tl::unexpected(begun.error());
    return ring;
}

Result<void> RingSink::describe(const Connection& connection) {
    const auto known = std::ranges::find(connections_, connection.conn, &Connection::conn);
    if (known == connections_.end())
        connections_.push_back(connection);
    else
        *known = connection;
    return sink_->describe(connection);
}

Result<void> RingSink::write(const Record& record) {
    if (is_full(record.time_ns))
        if (auto switched = switch_file(record.time_ns); !switched)
            return switched;
    if (record.direction != Direction::loss && messages_++ == 0)
        first_ns_ = record.time_ns;
    return sink_->write(record);
}

bool RingSink::is_full(std::int64_t time_ns) const {
    if (messages_ == 0)
        return false;
    const auto slot = [this](std::int64_t time) { return time / rules_.interval->count(); };
    return messages_ >= rules_.messages || sink_->bytes_written() >= rules_.bytes ||
           (rules_.duration && time_ns - first_ns_ >= rules_.duration->count()) ||
           (rules_.interval && slot(time_ns) != slot(first_ns_));
}

// Whole before the next begins, so that whoever waits for a file's successor may take it.
Result<void> RingSink::switch_file(std::int64_t time_ns) {
    if (auto flushed = sink_->flush(); !flushed)
        return flushed;
    return begin_file(time_ns);
}

Result<void> RingSink::begin_file(std::int64_t time_ns) {
    const std::string name = ring_file_name(path_, begun_ + 1, time_ns);
    auto sink = create_capture(name, format_);
    if (!sink)
        return tl::unexpected(sink.error());
    if (sink_)
        closed_bytes_ += sink_->bytes_written();
    sink_ = std::move(*sink);
    files_.push_back(name);
    ++begun_;
    messages_ = 0;
    for (const Connection& connection : connections_)
        if (auto described = sink_->describe(connection); !described)
            return described;
    return files_.size() > rules_.kept ? remove_oldest() : Result<void>{};
}

// A capture that cannot remove its files would fill the disk that it was to spare.
Result<void> RingSink::remove_oldest() {
    const std::string name = std::move(files_.front());
    files_.pop_front();
    if (unlink(name.c_str()) == 0 || errno == ENOENT)
        return {};
    const int reason = errno;
    return fail(Errc::io, fmt::format("cannot remove {}: {}", name, std::strerror(reason)), reason);
}

} // namespace fusewire

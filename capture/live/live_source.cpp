#include "capture/live/live_source.h"

#include "capture/live/servers.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace fusewire {

namespace {

// The ring is looked at this often; the probe wakes us earlier only when the ring fills up.
constexpr int poll_interval_ms = 20;

// Records between two looks at the loss counters while the ring is never empty.
constexpr unsigned records_between_updates = 256;

// Unfinished messages of all CPUs together: many times what is ever on its way.
constexpr std::size_t max_unfinished_bytes = std::size_t{1} << 28;

// Waits after which the second copy of a reply is no longer expected: the server's write() ended.
constexpr unsigned most_idle_rounds = 5;

// struct fuse_out_header: all that is true of a stale reply.
constexpr std::size_t out_header_size = 16;

struct FlagName {
    fuse_event_flag event;
    RecordFlag record;
};

constexpr FlagName flag_names[] = {
    {FUSE_EVENT_FAULT, record_fault},
    {FUSE_EVENT_STALE, record_stale},
    {FUSE_EVENT_IN_FLIGHT, record_in_flight},
    {FUSE_EVENT_UNREAD, record_unread},
};

std::uint32_t record_flags(std::uint8_t event_flags) {
    std::uint32_t flags = 0;
    for (const FlagName& name : flag_names)
        if ((event_flags & name.event) != 0)
            flags |= name.record;
    return flags;
}

std::string kernel_release() {
    utsname name{};
    return uname(&name) == 0 ? name.release : "";
}

// Equal for a request, its reply and its place in a look, on one connection: the probe's pair key,
// or unique without the bit that marks a request that was sent again.
std::uint64_t key_of(const JoinedMessage& message) {
    std::uint64_t unique = 0;
    if (message.bytes.size() >= out_header_size)
        std::memcpy(&unique, message.bytes.data() + 8, sizeof(unique));
    const std::uint64_t key =
        message.event.pair_key != 0 ? message.event.pair_key : unique & ~(std::uint64_t{1} << 63);
    return key ^ std::uint64_t{message.event.conn} << 40;
}

bool contains(const std::vector<ConnId>& connections, ConnId conn) {
    return std::ranges::find(connections, conn) != connections.end();
}

bool is_init_request(const Record& record) {
    constexpr std::uint32_t init_opcode = 26;
    std::uint32_t opcode = 0;
    if (record.direction != Direction::request || record.bytes.size() < 2 * sizeof(opcode) ||
        (record.flags & record_in_flight) != 0)
        return false;
    std::memcpy(&opcode, record.bytes.data() + sizeof(opcode), sizeof(opcode));
    return opcode == init_opcode;
}

std::string comm_of(const fuse_event& event) {
    return {event.comm, strnlen(event.comm, sizeof(event.comm))};
}

// Leaves only the connections that the server has open: where a request is seen as it is sent, its
// server is not known, and what was on its way before is found by its connection.
Result<void> limit_to_server(MessageFilter& filter) {
    const auto survey = survey_connections();
    if (!survey)
        return tl::unexpected(survey.error());
    const auto asked_for = std::exchange(filter.connections, {});
    for (const ConnectionFacts& facts : *survey)
        if (facts.server_pid == filter.server_pid &&
            (asked_for.empty() || contains(asked_for, facts.conn)) &&
            !contains(filter.connections, facts.conn))
            filter.connections.push_back(facts.conn);
    if (!filter.connections.empty())
        return {};
    return fail(Errc::usage, fmt::format("process {} serves {}", filter.server_pid,
                                         asked_for.empty() ? "no FUSE connection"
                                                           : "none of the connections asked for"));
}

} // namespace

Result<std::unique_ptr<LiveSource>> LiveSource::open(const LiveOptions& options) {
    ProbeOptions probe = options.probe;
    if (probe.filter.server_pid != 0)
        if (auto limited = limit_to_server(probe.filter); !limited)
            return tl::unexpected(limited.error());
    auto loaded = load_tier(options.tier, probe);
    if (!loaded)
        return tl::unexpected(loaded.error());
    return open(std::move(*loaded), probe);
}

Result<std::unique_ptr<LiveSource>> LiveSource::open(LoadedTier loaded,
                                                     const ProbeOptions& options) {
    auto ring = RingReader::map(loaded.probe->ring_fd(), loaded.probe->ring_bytes());
    if (!ring)
        return tl::unexpected(ring.error());
    std::unique_ptr<LiveSource> source(
        new LiveSource(std::move(loaded), std::move(*ring), options));
    if (auto started = source->start(); !started)
        return tl::unexpected(started.error());
    return source;
}

LiveSource::LiveSource(LoadedTier loaded, RingReader ring, const ProbeOptions& options)
    : tier_(loaded.tier), probe_(std::move(loaded.probe)), ring_(std::move(ring)),
      joiner_(max_unfinished_bytes), filter_(options.filter.connections),
      refused_(std::move(loaded.refused)) {}

LiveSource::~LiveSource() = default;

Result<void> LiveSource::start() {
    epoll_ = Fd(epoll_create1(EPOLL_CLOEXEC));
    stop_event_ = Fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!epoll_ || !stop_event_)
        return fail(Errc::io, "no epoll or event descriptor for the capture", errno);
    // Edge-triggered, so that only the probe's own wake-ups end a wait, not each waiting byte.
    if (auto watched = watch(probe_->ring_fd(), EPOLLIN | EPOLLET); !watched)
        return watched;
    if (auto watched = watch(stop_event_.get(), EPOLLIN); !watched)
        return watched;
    if (auto attached = probe_->attach(); !attached)
        return attached;
    first_look_end_ = ring_.produced();
    describe_all();
    return {};
}

Result<void> LiveSource::watch(int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
        return fail(Errc::io, "cannot watch a descriptor during the capture", errno);
    return {};
}

Result<void> LiveSource::stop_when_readable(int fd) {
    return watch(fd, EPOLLIN);
}

void LiveSource::stop() noexcept {
    stopping_ = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(stop_event_.get(), &one, sizeof(one));
}

std::vector<std::string> LiveSource::cannot_see() const {
    std::vector<std::string> phrases(tier_->cannot_see.begin(), tier_->cannot_see.end());
    std::ranges::move(probe_->limits(), std::back_inserter(phrases));
    return phrases;
}

Result<bool> LiveSource::next(Record& record) {
    for (;;) {
        if (stopping_ && !detached_)
            finish();
        if (take(record))
            return true;
        if (detached_)
            return take_loss(record);
        update_loss();
        if (on_idle_)
            on_idle_();
        wait();
    }
}

bool LiveSource::take(Record& record) {
    while (const auto message = next_message()) {
        if (is_repeated(*message))
            continue;
        fill(record, *message);
        if (++since_update_ >= records_between_updates)
            update_loss();
        // The probe says where the ring was full; of runs that the kernel skipped only how many.
        add_loss(record, message->event.lost_before);
        add_loss(record, skipped_ - told_skipped_);
        told_skipped_ = skipped_;
        return true;
    }
    return false;
}

std::optional<JoinedMessage> LiveSource::next_message() {
    if (auto ready = retries_.next(false))
        return ready;
    while (const auto bytes = ring_.next()) {
        idle_rounds_ = 0;
        const auto message = joiner_.add(*bytes);
        if (!message)
            continue;
        if (!retries_.takes(*message))
            return message;
        retries_.add(*message);
        if (auto ready = retries_.next(retries_.is_full()))
            return ready;
    }
    return retries_.next(detached_ || idle_rounds_ > most_idle_rounds);
}

// The first look runs while messages already come: what it lists may have been captured before, and
// a request is listed once for each descriptor of its connection.
bool LiveSource::is_repeated(const JoinedMessage& message) {
    if (first_look_end_ == 0)
        return false;
    if (ring_.consumed() > first_look_end_) {
        first_look_end_ = 0;
        seen_.clear();
        return false;
    }
    const bool is_new = seen_.insert(key_of(message)).second;
    return (message.event.flags & FUSE_EVENT_IN_FLIGHT) != 0 && !is_new;
}

// What was lost after the last message has no message to be told on. It may belong to any
// connection; it is told on one that is known.
bool LiveSource::take_loss(Record& record) {
    joiner_.abandon();
    update_loss();
    if (counts_.lost <= told_loss_)
        return false;
    record = {};
    record.direction = Direction::loss;
    record.message_number = record.frame = ++message_number_;
    record.time_ns = clock_.now();
    record.conn = last_conn_;
    add_loss(record, counts_.lost - told_loss_);
    return true;
}

void LiveSource::add_loss(Record& record, std::uint64_t lost) {
    if (lost == 0)
        return;
    record.lost += lost;
    record.flags |= record_lost_before;
    told_loss_ += lost;
}

// A message of which only a part found room is counted by the probe and left incomplete in the
// joiner; more incomplete ones than that would be missing for another reason.
void LiveSource::update_loss() {
    since_update_ = 0;
    const ProbeLoss loss = probe_->loss();
    skipped_ = std::max(skipped_, loss.skipped);
    counts_.lost =
        std::max({counts_.lost, loss.messages + loss.skipped, joiner_.counts().incomplete});
    counts_.lost_bytes = loss.bytes;
}

void LiveSource::fill(Record& record, const JoinedMessage& message) {
    const fuse_event& event = message.event;
    record = {};
    record.message_number = ++message_number_;
    record.frame = message_number_;
    record.time_ns = clock_.from_monotonic(event.time_ns);
    record.pair_key = event.pair_key;
    record.conn = ConnId{event.conn};
    record.cpu = static_cast<std::uint32_t>(event.msg_id >> 48);
    record.result = event.result;
    record.direction = static_cast<Direction>(event.direction);
    record.transport = static_cast<Transport>(event.transport);
    record.flags = record_flags(event.flags);
    record.bytes = message.bytes;
    if ((event.flags & FUSE_EVENT_STALE) != 0)
        record.bytes = record.bytes.first(std::min(record.bytes.size(), out_header_size));
    const auto captured = static_cast<std::uint32_t>(record.bytes.size());
    record.wire_length = std::max(event.msg_length, captured);
    if (captured < record.wire_length)
        record.flags |= record_truncated;
    counts_.messages++;
    counts_.bytes += captured;

    last_conn_ = record.conn;
    Connection& connection = describe(record);
    record.about = &connection;
    // What runs here may be the task that asks, or us.
    if (record.direction == Direction::request &&
        (tier_->requests_in_caller || (record.flags & record_in_flight) != 0))
        return;
    record.server_pid = event.tgid;
    record.server_tid = event.tid;
    if (connection.server_pid == 0) {
        connection.server_pid = event.tgid;
        connection.server_name = comm_of(event);
    }
}

void LiveSource::wait() {
    epoll_event events[4];
    const int count = epoll_wait(epoll_.get(), events, 4, poll_interval_ms);
    for (int i = 0; i < count; i++)
        if (events[i].data.fd != probe_->ring_fd())
            stopping_ = true;
    ++idle_rounds_;
    clock_.refresh();
    probe_->tidy();
}

void LiveSource::finish() {
    probe_->detach();
    detached_ = true;
}

void LiveSource::complete(Connection& connection) const {
    connection.kernel = kernel_release();
    connection.tier = tier_->name;
    connection.cannot_see = cannot_see();
    if (connection.began_ns != 0)
        return; // what the probe found at the start was another one with this number
    for (const ConnectionFacts& facts : probe_->connections()) {
        if (facts.conn != connection.conn)
            continue;
        connection.server_pid = facts.server_pid;
        connection.server_name = facts.server_name;
        connection.minor = facts.minor;
        connection.init_flags = facts.init_flags;
        return;
    }
}

// Connections without a filter appear as they are mounted; see describe().
void LiveSource::describe_all() {
    const auto mounts = read_mounts();
    if (mounts)
        connections_ = fuse_connections(*mounts);
    else
        warnings_.push_back(mounts.error().message + "; connections have no names");
    name_servers(connections_);
    if (!filter_.empty())
        std::erase_if(connections_, [&](const Connection& connection) {
            return !contains(filter_, connection.conn);
        });
    for (const ConnId conn : filter_)
        if (std::ranges::find(connections_, conn, &Connection::conn) == connections_.end())
            connections_.push_back({.conn = conn});
    for (Connection& connection : connections_)
        complete(connection);
    if (!connections_.empty())
        last_conn_ = connections_.front().conn;
}

// A number can come again for another mount, which begins with INIT.
Connection& LiveSource::describe(const Record& record) {
    const auto known = std::ranges::find(connections_, record.conn, &Connection::conn);
    if (known == connections_.end()) {
        connections_.push_back(begin_connection(record));
        return connections_.back();
    }
    if (is_init_request(record)) {
        *known = begin_connection(record);
        revised_.push_back(static_cast<std::size_t>(known - connections_.begin()));
    }
    return *known;
}

// One that is being mounted sends INIT before it is in mountinfo: then name_connections() names it.
Connection LiveSource::begin_connection(const Record& record) const {
    Connection connection{.conn = record.conn};
    if (const auto mounts = read_mounts())
        for (Connection& found : fuse_connections(*mounts))
            if (found.conn == record.conn)
                connection = std::move(found);
    if (is_init_request(record))
        connection.began_ns = record.time_ns;
    complete(connection);
    return connection;
}

void LiveSource::name_connections(const std::vector<Mount>& mounts) {
    for (const Connection& mounted : fuse_connections(mounts)) {
        const auto known = std::ranges::find(connections_, mounted.conn, &Connection::conn);
        if (known == connections_.end() || !known->mount_point.empty())
            continue;
        known->mount_point = mounted.mount_point;
        known->fs_type = mounted.fs_type;
        known->source = mounted.source;
        known->options = mounted.options;
        revised_.push_back(static_cast<std::size_t>(known - connections_.begin()));
    }
}

} // namespace fusewire

#include "cli/capture_run.h"

#include "capture/live/refusals.h"
#include "cli/diagnostics.h"
#include "cli/exit_code.h"
#include "cli/stop.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace fusewire {

namespace {

bool is_pipe(int fd) {
    struct stat status {};
    return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

bool is_readable(int fd) {
    pollfd wanted{.fd = fd, .events = POLLIN, .revents = 0};
    return poll(&wanted, 1, 0) == 1;
}

std::int64_t now_ns() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

timespec to_timespec(std::chrono::nanoseconds time) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    return {static_cast<time_t>(seconds.count()), static_cast<long>((time - seconds).count())};
}

std::string describe_files(const RingSink& ring) {
    const auto& kept = ring.files();
    return fmt::format("{} file{}, kept {}{}{}", ring.begun(), ring.begun() == 1 ? "" : "s",
                       kept.front(), kept.size() > 1 ? " to " : "",
                       kept.size() > 1 ? kept.back() : "");
}

std::string describe_end(const ExitStatus& status) {
    if (status.signal != 0)
        return fmt::format("command killed by signal {} ({})", status.signal,
                           strsignal(status.signal));
    return fmt::format("command exited with status {}", status.code);
}

} // namespace

int CaptureRun::run() {
    stop_on_signals();
    if (auto prepared = prepare(); !prepared)
        return report(prepared.error());
    if (command_)
        if (auto started = command_->start(); !started)
            return report(started.error());
    if (const auto notice = fallback_notice(source_->refused_tiers(), source_->tier().name);
        !notice.empty())
        say(notice);
    return finish(capture());
}

Result<void> CaptureRun::prepare() {
    if (auto forked = prepare_command(); !forked)
        return forked;
    auto source = LiveSource::open(plan_.live);
    if (!source)
        return tl::unexpected(source.error());
    source_ = std::move(*source);
    if (auto dropped = drop(); !dropped)
        return dropped;
    if (plan_.view)
        printer_.emplace(std::move(plan_.view));
    if (plan_.outstanding)
        outstanding_.emplace(*plan_.outstanding, [this] { return source_->look().has_value(); });
    for (const ConnId conn : plan_.live.probe.filter.connections)
        watch_.add(conn);
    for (const Connection& connection : source_->connections())
        watch_.saw_server(connection.conn, connection.server_pid);
    source_->on_idle([this] { idle(); });
    return watch_for_the_end();
}

Result<void> CaptureRun::prepare_command() {
    if (plan_.command.empty())
        return {};
    const bool stdout_is_ours = shows() || plan_.out == "-";
    auto command =
        Command::prepare(plan_.command, plan_.identity, {.stdout_to_stderr = stdout_is_ours});
    if (!command)
        return tl::unexpected(command.error());
    command_.emplace(std::move(*command));
    return {};
}

// Somebody else's file is created as that user. Plain root stays root, but without the capability to
// write into the folders of others; so its file is opened first. Of several files all are created
// afterwards: what would fail for the second one had better fail for the first.
Result<void> CaptureRun::drop() {
    const bool first = !plan_.identity.changes && !plan_.ring;
    if (first)
        if (auto created = create_file(); !created)
            return created;
    if (auto dropped = drop_privileges(plan_.identity); !dropped)
        return dropped;
    return first ? Result<void>{} : create_file();
}

Result<void> CaptureRun::create_file() {
    if (plan_.out.empty())
        return {};
    if (plan_.ring)
        return create_ring();
    auto writer = CaptureWriter::create(plan_.out, plan_.format);
    if (!writer)
        return tl::unexpected(writer.error());
    writer_.emplace(std::move(*writer));
    return {};
}

Result<void> CaptureRun::create_ring() {
    auto ring = RingSink::create(plan_.out, plan_.format, *plan_.ring, now_ns());
    if (!ring && ring.error().sys_errno == EACCES && !plan_.identity.changes)
        return fail(Errc::io,
                    ring.error().message + "; without its capabilities root writes only "
                                           "where it may by name: add --user OWNER",
                    EACCES);
    if (!ring)
        return tl::unexpected(ring.error());
    ring_ = ring->get();
    writer_.emplace(std::move(*ring));
    return {};
}

Result<void> CaptureRun::watch_for_the_end() {
    if (auto watched = source_->stop_when_readable(stop_fd()); !watched)
        return watched;
    if (command_)
        if (auto watched = source_->stop_when_readable(command_->exit_fd()); !watched)
            return watched;
    if (plan_.until_stdin_closes)
        if (auto watched = source_->stop_when_readable(STDIN_FILENO); !watched)
            return watched;
    // The writing end of a pipe becomes "readable" when nobody reads any more.
    if ((shows() || plan_.out == "-") && is_pipe(STDOUT_FILENO))
        if (auto watched = source_->stop_when_readable(STDOUT_FILENO); !watched)
            return watched;
    return plan_.stop.duration ? watch_the_clock() : Result<void>{};
}

Result<void> CaptureRun::watch_the_clock() {
    timer_ = Fd(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
    itimerspec when{};
    when.it_value = to_timespec(*plan_.stop.duration);
    if (!timer_ || timerfd_settime(timer_.get(), 0, &when, nullptr) != 0)
        return fail(Errc::io, "cannot set a timer for -a duration", errno);
    return source_->stop_when_readable(timer_.get());
}

Result<void> CaptureRun::capture() {
    JudgedSession session(needs_of(plan_.filter ? &*plan_.filter : nullptr,
                                   printer_ ? printer_->view().needs()
                                            : ViewNeeds{.body = false, .findings = false}));
    Record record;
    if (printer_)
        printer_->begin();
    while (!has_enough(record.time_ns) && !write_error_ && is_read()) {
        auto more = source_->next(record);
        if (!more)
            return tl::unexpected(more.error());
        if (!*more || has_enough(record.time_ns))
            break;
        if (auto taken = take(session, record); !taken)
            return taken;
    }
    if (write_error_)
        return tl::unexpected(*write_error_);
    return {};
}

Result<void> CaptureRun::take(JudgedSession& session, const Record& record) {
    lost_ += record.lost;
    watch_.saw_server(record.conn, record.server_pid);
    // What a look lists once more is no message, and only kept for a loss that is told with it.
    const bool repeated = outstanding_ && outstanding_->see(*source_, record);
    if (repeated && record.lost == 0)
        return {};
    if (!repeated && record.direction != Direction::loss)
        ++messages_;
    if (printer_)
        show(session, record);
    return writer_ ? writer_->write(*source_, record) : Result<void>{};
}

void CaptureRun::show(JudgedSession& session, const Record& record) {
    const Decoded decoded = session.see(record);
    if (!plan_.filter || plan_.filter->matches(decoded))
        printer_->print(session, *source_, decoded);
    else
        printer_->skip(decoded);
}

// Whether somebody still wants to see what is shown.
bool CaptureRun::is_read() const {
    return (!printer_ || printer_->open()) && (!outstanding_ || outstanding_->open());
}

// Whether a message of that time would be one too many.
bool CaptureRun::has_enough(std::int64_t time_ns) const {
    return messages_ >= plan_.stop.messages ||
           (writer_ && writer_->bytes_written() >= plan_.stop.bytes) ||
           (ring_ != nullptr && ring_->begun() >= plan_.stop.files && ring_->is_full(time_ns));
}

void CaptureRun::idle() {
    flush();
    watch_connections();
    // What a command does after its mount is gone belongs to the capture that was asked for.
    if (has_enough(now_ns()) || (watch_.over() && !command_))
        source_->stop();
}

void CaptureRun::watch_connections() {
    std::optional<std::vector<Mount>> mounts;
    if (watch_.mounts_changed())
        if (auto read = read_mounts())
            mounts = std::move(*read);
    if (mounts)
        source_->name_connections(*mounts);
    for (const auto& ended :
         watch_.look(mounts ? &*mounts : nullptr, ConnectionWatch::Clock::now()))
        say_end(ended);
}

void CaptureRun::say_end(const ConnectionWatch::Ended& ended) const {
    const auto& connections = source_->connections();
    const auto found = std::ranges::find(connections, ended.conn, &Connection::conn);
    const std::string name =
        found == connections.end() || found->mount_point.empty()
            ? fmt::format("connection {}", static_cast<std::uint32_t>(ended.conn))
            : found->mount_point;
    say(ended.how == ConnectionEnd::unmounted
            ? fmt::format("{} is unmounted; nothing more can come from it", name)
            : fmt::format("the server of {} has ended; nothing more can come from it", name));
}

void CaptureRun::flush() {
    if (printer_)
        printer_->flush();
    if (outstanding_)
        outstanding_->idle(*source_);
    if (!writer_)
        return;
    if (auto flushed = writer_->flush(); !flushed)
        write_error_ = flushed.error();
}

int CaptureRun::finish(const Result<void>& captured) {
    std::optional<Error> error = captured ? std::nullopt : std::optional(captured.error());
    if (writer_)
        if (auto flushed = writer_->flush(); !flushed && !error)
            error = flushed.error();
    if (printer_)
        if (auto printed = printer_->end(); !printed && !error)
            error = printed.error();
    if (outstanding_)
        if (auto drawn = outstanding_->end(*source_); !drawn && !error)
            error = drawn.error();
    for (const std::string& warning : source_->warnings())
        say(warning);
    summarize();
    if (error && !is_closed_pipe(*error))
        return report(*error);
    return exit_done;
}

void CaptureRun::summarize() {
    std::string line = fmt::format("captured {} message{} ({} bytes), lost {}; tier {}", messages_,
                                   messages_ == 1 ? "" : "s", source_->counts().bytes, lost_,
                                   source_->tier().name);
    if (const auto missing = source_->cannot_see(); !missing.empty())
        line += fmt::format(": cannot see {}", fmt::join(missing, ", "));
    if (ring_ != nullptr)
        line += "; " + describe_files(*ring_);
    if (command_)
        line += "; " + end_of_command();
    say(line);
}

std::string CaptureRun::end_of_command() {
    if (!is_readable(command_->exit_fd()))
        return fmt::format("command still running (pid {})", command_->pid());
    const auto status = command_->wait();
    return status ? describe_end(*status) : status.error().message;
}

} // namespace fusewire

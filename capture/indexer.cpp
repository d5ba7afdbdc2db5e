#include "capture/indexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace fusewire {

namespace {

// Rows between two looks at cancel() and reports of progress: about a millisecond.
constexpr std::size_t rows_per_report = 4096;

} // namespace

Result<std::unique_ptr<Indexer>> Indexer::open(const std::string& path) {
    auto source = open_capture(path);
    if (!source)
        return tl::unexpected(source.error());
    if ((*source)->random_access() == nullptr)
        return fail(Errc::unsupported,
                    fmt::format("{} can only be read from beginning to end; write it to a plain "
                                "pcapng file first: fusewire read {} -w FILE",
                                path == "-" ? "standard input" : path, path));
    return std::unique_ptr<Indexer>(new Indexer(std::move(*source)));
}

Indexer::Indexer(std::unique_ptr<RecordSource> source)
    : source_(std::move(source)), total_(source_->progress().total) {}

Indexer::~Indexer() {
    cancel();
    if (thread_.joinable())
        thread_.join();
}

Result<bool> Indexer::step(std::size_t messages) {
    for (std::size_t i = 0; i < messages; ++i) {
        auto more = add_next();
        if (!more || !*more) {
            finish();
            return more;
        }
    }
    report();
    return true;
}

Result<bool> Indexer::add_next() {
    Record record;
    auto more = source_->next(record);
    if (!more || !*more)
        return more;
    if (auto added = rows_.add(record, static_cast<std::uint64_t>(source_->position())); !added)
        return tl::unexpected(added.error());
    return true;
}

void Indexer::start() {
    thread_ = std::thread([this] {
        Result<bool> more = true;
        while (more && *more && !cancelled_.load(std::memory_order_relaxed))
            more = step(rows_per_report);
        if (!more)
            outcome_ = tl::unexpected(more.error());
        ended_.store(true, std::memory_order_release);
    });
}

Result<void> Indexer::wait() {
    if (thread_.joinable())
        thread_.join();
    return outcome_;
}

void Indexer::report() {
    done_.store(source_->progress().done, std::memory_order_relaxed);
    const std::vector<Connection>& connections = source_->connections();
    if (connections.size() == known_.size() && source_->revised().size() == known_revisions_)
        return;
    const std::lock_guard lock(mutex_);
    known_ = connections;
    known_revisions_ = source_->revised().size();
}

void Indexer::finish() {
    report();
    rows_.finish([this](ConnId conn) -> const Connection* {
        const auto found = std::ranges::find(source_->connections(), conn, &Connection::conn);
        return found == source_->connections().end() ? nullptr : &*found;
    });
    ended_.store(true, std::memory_order_release);
}

std::vector<Connection> Indexer::connections() const {
    const std::lock_guard lock(mutex_);
    return known_;
}

std::unique_ptr<FrameDecoder> Indexer::decoder() const {
    const std::shared_ptr<RandomAccess> file = source_->random_access();
    return std::make_unique<FrameDecoder>(
        index_, [file](std::uint64_t position, Record& record) -> Result<bool> {
            return file->read_at(Position{position}, record);
        });
}

} // namespace fusewire

#include "capture/indexer.h"

#include <algorithm>
#include <utility>

namespace fusewire {

namespace {

// Rows between two looks at cancel() and reports of progress: about a millisecond.
constexpr std::size_t rows_per_report = 4096;

} // namespace

Result<std::unique_ptr<Indexer>> Indexer::open(const std::string& path, const GoOn& go_on) {
    auto source = open_capture_spooled(path, go_on);
    if (!source)
        return tl::unexpected(source.error());
    if ((*source)->random_access() == nullptr)
        return tl::unexpected(no_random_access(path));
    std::unique_ptr<Indexer> indexer{new Indexer};
    indexer->read(std::move(*source));
    return indexer;
}

Result<std::unique_ptr<Indexer>> Indexer::follow(const std::string& path,
                                                 std::function<bool()> go_on) {
    std::unique_ptr<Indexer> indexer{new Indexer};
    auto source = open_growing_capture(path, [self = indexer.get(), go_on = std::move(go_on)] {
        return !self->cancelled_.load(std::memory_order_relaxed) && go_on();
    });
    if (!source)
        return tl::unexpected(source.error());
    indexer->follows_ = true;
    indexer->read(std::move(*source));
    return indexer;
}

void Indexer::read(std::unique_ptr<RecordSource> source) {
    source_ = std::move(source);
    source_->on_idle([this] { idle(); });
    total_.store(source_->progress().total, std::memory_order_relaxed);
}

Indexer::~Indexer() {
    cancel();
    if (thread_.joinable())
        thread_.join();
}

Result<bool> Indexer::step(std::size_t messages) {
    for (std::size_t i = 0; i < messages; ++i) {
        auto more = add_next();
        if (!more || !*more) {
            // What was waited for when cancel() came may be on its way.
            if (!follows_ || !cancelled_.load(std::memory_order_relaxed))
                finish();
            return more;
        }
    }
    report();
    waits_.store(false, std::memory_order_relaxed);
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

void Indexer::idle() {
    report();
    waits_.store(true, std::memory_order_release);
}

void Indexer::report() {
    const Progress progress = source_->progress();
    done_.store(progress.done, std::memory_order_relaxed);
    total_.store(progress.total, std::memory_order_relaxed);
    const std::vector<Connection>& connections = source_->connections();
    if (connections.size() == known_.size() && source_->revised().size() == known_revisions_)
        return;
    const std::lock_guard lock(mutex_);
    known_ = connections;
    known_revisions_ = source_->revised().size();
    if (follows_)
        rows_.learn(what_is_known());
}

void Indexer::finish() {
    report();
    rows_.finish(what_is_known());
    ended_.store(true, std::memory_order_release);
}

FrameIndexer::About Indexer::what_is_known() const {
    return [this](ConnId conn) -> const Connection* {
        const auto found = std::ranges::find(source_->connections(), conn, &Connection::conn);
        return found == source_->connections().end() ? nullptr : &*found;
    };
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

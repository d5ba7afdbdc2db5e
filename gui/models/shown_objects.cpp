#include "gui/models/shown_objects.h"

#include <chrono>

namespace fusewire::gui {

namespace {

constexpr std::size_t rows_per_look = 256; // at the clock, and at whether it is wanted any more
constexpr std::chrono::milliseconds least_rest{200};
// A snapshot is a copy of everything: no more than a tenth of the time goes into making them.
constexpr int rest_factor = 10;

} // namespace

MentionReader::MentionReader(std::shared_ptr<const Indexer> capture)
    : capture_(std::move(capture)) {
    qRegisterMetaType<ShownObjectsPtr>();
    thread_ = std::thread([this] { run(); });
}

MentionReader::~MentionReader() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    asked_.notify_one();
    thread_.join();
}

void MentionReader::add(const std::vector<Row>& rows) {
    {
        const std::lock_guard lock(mutex_);
        rows_.insert(rows_.end(), rows.begin(), rows.end());
    }
    asked_.notify_one();
}

void MentionReader::run() {
    using Clock = std::chrono::steady_clock;
    const auto decoder = capture_->decoder();
    ShownObjects shown;
    auto next = Clock::now() + least_rest;
    std::unique_lock lock(mutex_);
    while (true) {
        asked_.wait(lock, [this] { return ends_ || !rows_.empty(); });
        std::vector<Row> rows = std::exchange(rows_, {});
        for (std::size_t i = 0; i < rows.size() && !ends_;) {
            lock.unlock();
            for (std::size_t n = 0; n < rows_per_look && i < rows.size(); ++n)
                readRow(*decoder, rows[i++], shown);
            if (const auto now = Clock::now(); now >= next) {
                emit read(std::make_shared<const ShownObjects>(shown));
                const auto after = Clock::now();
                next = after + std::max<Clock::duration>(least_rest, rest_factor * (after - now));
            }
            lock.lock();
        }
        if (ends_)
            return;
        if (rows_.empty())
            emit read(std::make_shared<const ShownObjects>(shown));
    }
}

void MentionReader::readRow(FrameDecoder& decoder, Row row, ShownObjects& shown) {
    const auto decoded = decoder.decode(row);
    if (!decoded)
        return;
    const auto conn = static_cast<std::uint32_t>(decoded->record.conn);
    mentions_of(decoded->message, decoded->exchange.request, mentions_);
    for (const std::uint64_t nodeid : mentions_.nodeids)
        shown.nodes.emplace(conn, nodeid);
    for (const std::string_view fhandle : mentions_.fhandles)
        shown.fhandles.emplace(conn, fhandle);
}

FilterFollower::FilterFollower(MessageListModel& messages, QObject* parent)
    : QObject(parent), messages_(messages) {
    connect(&messages_, &QAbstractItemModel::modelReset, this, &FilterFollower::restart);
    connect(&messages_, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex&, int first, int last) { addRows(first, last); });
}

FilterFollower::~FilterFollower() = default;

void FilterFollower::setCapture(std::shared_ptr<const Indexer> capture) {
    capture_ = std::move(capture);
    restart();
}

void FilterFollower::setEnabled(bool enabled) {
    if (enabled == enabled_)
        return;
    enabled_ = enabled;
    restart();
}

void FilterFollower::restart() {
    reader_.reset();
    const bool follows = enabled_ && capture_ && messages_.isFiltered();
    if (!follows)
        return take(nullptr);
    reader_ = std::make_unique<MentionReader>(capture_);
    connect(reader_.get(), &MentionReader::read, this, &FilterFollower::take);
    take(std::make_shared<const ShownObjects>());
    addRows(0, messages_.rowCount() - 1);
}

void FilterFollower::addRows(int first, int last) {
    if (!reader_ || first > last)
        return;
    std::vector<Row> rows;
    rows.reserve(static_cast<std::size_t>(last - first) + 1);
    for (int row = first; row <= last; ++row)
        rows.push_back(messages_.indexRow(row));
    reader_->add(rows);
}

void FilterFollower::take(const ShownObjectsPtr& shown) {
    if (shown == shown_)
        return;
    shown_ = shown;
    emit changed();
}

} // namespace fusewire::gui

#include "gui/models/capture_document.h"

#include <QDeadlineTimer>
#include <QFileInfo>
#include <chrono>
#include <utility>

namespace fusewire::gui {

namespace {

// Between two looks at how far the index is: what the eye takes for at once.
constexpr std::chrono::milliseconds look_interval{30};
// What is indexed before the window shows anything: more than fits on a screen, in no time.
constexpr std::size_t first_rows = 1000;
// How long a file that is followed may take for that.
constexpr std::chrono::milliseconds first_wait{200};

// Rows, an error, or the end of what there is yet.
void waitForFirstRows(const Indexer& indexer) {
    const QDeadlineTimer deadline(first_wait);
    while (!indexer.ended() && !indexer.waits() && indexer.index().size() < first_rows &&
           !deadline.hasExpired())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

} // namespace

Result<std::unique_ptr<CaptureDocument>> CaptureDocument::open(const QString& path, Follow follow) {
    const std::string name = path.toStdString();
    if (!Spooler::is_needed(name))
        return follow == Follow::yes ? CaptureDocument::follow(path) : openWhole(path);
    auto spooler = Spooler::start(name);
    if (!spooler)
        return tl::unexpected(spooler.error());
    auto document = CaptureDocument::follow(QString::fromStdString((*spooler)->copy()));
    if (!document)
        return document;
    (*document)->title_ = path == "-" ? tr("standard input") : QFileInfo(path).fileName();
    (*document)->spooler_ = std::move(*spooler);
    (*document)->isOnlyCopy_ = !QFileInfo(path).isFile();
    return document;
}

Result<std::unique_ptr<CaptureDocument>>
CaptureDocument::followCopy(std::shared_ptr<TemporaryFile> copy, const QString& title) {
    auto document = follow(QString::fromStdString(copy->path()));
    if (document) {
        (*document)->copy_ = std::move(copy);
        (*document)->isOnlyCopy_ = true;
        (*document)->title_ = title;
    }
    return document;
}

Result<std::unique_ptr<CaptureDocument>> CaptureDocument::openWhole(const QString& path) {
    auto indexer = Indexer::open(path.toStdString());
    if (!indexer)
        return tl::unexpected(indexer.error());
    if (auto begun = (*indexer)->step(first_rows); !begun && (*indexer)->index().size() == 0)
        return tl::unexpected(begun.error());
    (*indexer)->start();
    return std::unique_ptr<CaptureDocument>(
        new CaptureDocument(path, std::make_shared<std::atomic<bool>>(false), std::move(*indexer)));
}

Result<std::unique_ptr<CaptureDocument>> CaptureDocument::follow(const QString& path) {
    auto following = std::make_shared<std::atomic<bool>>(true);
    auto indexer = Indexer::follow(
        path.toStdString(), [following] { return following->load(std::memory_order_relaxed); });
    if (!indexer)
        return tl::unexpected(indexer.error());
    (*indexer)->start();
    waitForFirstRows(**indexer);
    if ((*indexer)->ended() && (*indexer)->index().size() == 0)
        if (auto outcome = (*indexer)->wait(); !outcome)
            return tl::unexpected(outcome.error());
    return std::unique_ptr<CaptureDocument>(
        new CaptureDocument(path, std::move(following), std::move(*indexer)));
}

CaptureDocument::CaptureDocument(QString path, std::shared_ptr<std::atomic<bool>> following,
                                 std::unique_ptr<Indexer> indexer)
    : path_(std::move(path)), following_(std::move(following)), indexer_(std::move(indexer)),
      rows_(indexer_->index().size()) {
    connect(&timer_, &QTimer::timeout, this, &CaptureDocument::look);
    timer_.start(look_interval);
}

// Whoever still waits at the end of the file need not wait any more.
CaptureDocument::~CaptureDocument() {
    following_->store(false, std::memory_order_relaxed);
}

QString CaptureDocument::title() const {
    return title_.isEmpty() ? QFileInfo(path_).fileName() : title_;
}

int CaptureDocument::percentIndexed() const {
    const Progress progress = indexer_->progress();
    if (indexed_ || indexer_->waits() || progress.total == 0)
        return 100;
    return static_cast<int>(progress.done * 100 / progress.total);
}

void CaptureDocument::stopFollowing() {
    if (following_->exchange(false))
        emit followingEnded();
}

void CaptureDocument::look() {
    const bool ended = indexer_->ended();
    if (const Row rows = index().size(); rows != rows_) {
        rows_ = rows;
        emit grew(rows);
    }
    if (const std::uint64_t revision = index().revision(); revision != revision_) {
        revision_ = revision;
        emit revised();
    }
    if (const bool waits = indexer_->waits(); waits != std::exchange(waits_, waits) && waits)
        emit caughtUp();
    if (ended)
        finish();
    else if (spooler_ && spooler_->ended())
        stopFollowing();
}

void CaptureDocument::finish() {
    timer_.stop();
    indexed_ = true;
    stopFollowing();
    const auto outcome = indexer_->wait();
    QStringList warnings;
    for (const std::string& warning : indexer_->warnings())
        warnings << told(warning);
    if (spooler_ && spooler_->ended() && !spooler_->outcome())
        warnings << QString::fromStdString(spooler_->outcome().error().message);
    emit indexed(outcome ? QString() : told(outcome.error().message), warnings);
}

// A user has never heard of the copy.
QString CaptureDocument::told(const std::string& message) const {
    QString text = QString::fromStdString(message);
    return isCopy() ? text.replace(path_, title()) : text;
}

} // namespace fusewire::gui

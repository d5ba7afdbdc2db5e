#include "gui/models/row_finder.h"

#include "gui/models/judged_pass.h"

#include <algorithm>
#include <utility>

namespace fusewire::gui {

namespace {

constexpr int rows_per_report = 4096;

} // namespace

RowFinder::RowFinder(std::shared_ptr<const Indexer> capture, CaptureInput input, Needle needle,
                     UnsavedNotes notes, ListedRows rows, FindPlace place)
    : capture_(std::move(capture)), input_(std::move(input)), needle_(std::move(needle)),
      notes_(std::move(notes)), rows_(std::move(rows)), place_(place) {
    qRegisterMetaType<FoundMessage>();
}

RowFinder::~RowFinder() {
    cancelled_.store(true, std::memory_order_relaxed);
    if (thread_.joinable())
        thread_.join();
}

void RowFinder::start() {
    thread_ = std::thread([this] { run(); });
}

void RowFinder::run() {
    const FoundMessage found = needle_.needsFindings() ? findInOrder() : findByRow();
    if (goesOn())
        emit finished(found);
}

// Of the row to begin behind. A message that is not listed lies between two that are.
int RowFinder::startPlace() const {
    const int outside = place_.forward ? -1 : rows_.count();
    if (place_.from == no_row)
        return outside;
    for (int i = 0; i < rows_.count(); ++i)
        if (rows_[i] == place_.from)
            return i;
    for (int i = 0; i < rows_.count(); ++i)
        if (rows_[i] > place_.from)
            return place_.forward ? i - 1 : i;
    return outside;
}

template <class Visit>
void RowFinder::walk(Visit visit) {
    const int count = rows_.count();
    const int step = place_.forward ? 1 : -1;
    int at = startPlace();
    bool wrapped = false;
    for (int done = 0; done < count && goesOn(); ++done) {
        at += step;
        if (at < 0 || at >= count) {
            // Beginning at an end is no turn.
            wrapped = place_.from != no_row;
            at = place_.forward ? 0 : count - 1;
        }
        if (done % rows_per_report == 0)
            emit progressed(static_cast<int>(qint64{done} * 100 / count));
        if (visit(rows_[at], wrapped))
            return;
    }
}

FoundMessage RowFinder::findByRow() {
    const auto decoder = capture_->decoder();
    FoundMessage found;
    walk([&](Row row, bool wrapped) {
        const auto decoded = decoder->decode(row);
        if (!decoded) {
            found.error = QString::fromStdString(decoded.error().message);
            return true;
        }
        const auto hit = needle_.find(notes_.on(*decoded));
        if (hit)
            found = {row, hit->offset, wrapped, {}};
        return hit.has_value();
    });
    return found;
}

FoundMessage RowFinder::findInOrder() {
    std::vector<Row> hits;
    JudgedPass pass;
    pass.goesOn = [this] { return goesOn(); };
    pass.progressed = [this](int percent) { emit progressed(percent); };
    pass.see = [&](Row row, const JudgedSession&, RecordSource&, const Decoded& decoded) {
        if (needle_.find(notes_.on(decoded)))
            hits.push_back(row);
        return true;
    };
    FoundMessage found;
    if (const auto outcome = runJudgedPass(input_, pass); !outcome)
        found.error = QString::fromStdString(outcome.error().message);
    walk([&](Row row, bool wrapped) {
        const bool hit = std::ranges::binary_search(hits, row);
        if (hit)
            found = {row, std::nullopt, wrapped, found.error};
        return hit;
    });
    return found;
}

} // namespace fusewire::gui

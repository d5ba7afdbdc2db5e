#include "gui/models/finder.h"

#include <utility>

namespace fusewire::gui {

Finder::Finder(Viewer& viewer) : viewer_(viewer) {
    connect(&viewer_, &Viewer::documentChanged, this, &Finder::cancel);
}

Finder::~Finder() = default;

void Finder::setQuery(const FindQuery& query) {
    if (query == query_)
        return;
    cancel();
    outcome_.clear();
    query_ = query;
}

QString Finder::error() const {
    const auto needle = Needle::parse(query_);
    return needle ? QString() : needle.error();
}

void Finder::find(bool forward) {
    findOnce(query_, forward);
}

void Finder::findOnce(const FindQuery& query, bool forward) {
    cancel();
    const auto& document = viewer_.document();
    auto needle = Needle::parse(query);
    if (!needle)
        return end(needle.error());
    if (!document)
        return;
    finder_ = std::make_unique<RowFinder>(
        document->capture(), document->input(), std::move(*needle), viewer_.annotations().unsaved(),
        ListedRows(viewer_.messages()), FindPlace{viewer_.currentRow(), forward});
    connect(finder_.get(), &RowFinder::progressed, this, &Finder::progressed);
    connect(finder_.get(), &RowFinder::finished, this,
            [this, forward, search = ++search_](const FoundMessage& found) {
                if (finder_ && search == search_)
                    take(found, forward);
            });
    outcome_.clear();
    emit started();
    finder_->start();
}

void Finder::take(const FoundMessage& found, bool forward) {
    finder_.release()->deleteLater(); // it is its signal that is being served
    if (found.row == no_row)
        return end(found.error.isEmpty() ? tr("not found in what is shown") : found.error);
    const bool same = found.row == viewer_.currentRow();
    if (found.offset)
        viewer_.goTo(found.row, *found.offset);
    else
        viewer_.setCurrentRow(found.row);
    if (same)
        end(tr("only in this message"));
    else if (!found.wrapped)
        end({});
    else
        end(forward ? tr("went on at the first message") : tr("went on at the last message"));
}

void Finder::end(const QString& outcome) {
    outcome_ = outcome;
    emit finished();
    if (!outcome.isEmpty())
        emit viewer_.said(outcome);
}

void Finder::cancel() {
    if (!finder_)
        return;
    finder_.reset();
    end(tr("the search was cancelled"));
}

} // namespace fusewire::gui

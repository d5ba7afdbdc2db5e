#include "gui/models/visits.h"

namespace fusewire::gui {

Visits::Visits(Viewer& viewer) : viewer_(viewer) {
    connect(&viewer_, &Viewer::currentRowChanged, this, &Visits::visit);
    connect(&viewer_, &Viewer::documentChanged, this, [this] {
        rows_.clear();
        at_ = 0;
    });
}

void Visits::visit(Row row) {
    if (going_ || row == no_row)
        return;
    rows_.resize(at_);
    if (rows_.size() == most)
        rows_.erase(rows_.begin());
    rows_.push_back(row);
    at_ = rows_.size();
}

void Visits::go(std::size_t at) {
    at_ = at;
    going_ = true;
    viewer_.setCurrentRow(rows_[at_ - 1]);
    going_ = false;
}

void Visits::goBack() {
    if (canGoBack())
        go(at_ - 1);
}

void Visits::goForward() {
    if (canGoForward())
        go(at_ + 1);
}

} // namespace fusewire::gui

// Visits: the messages that were current before, to go back to, as a browser does.
#pragma once

#include "gui/models/viewer.h"

#include <QObject>
#include <vector>

namespace fusewire::gui {

class Visits : public QObject {
    Q_OBJECT

  public:
    // As many are remembered.
    static constexpr std::size_t most = 500;

    explicit Visits(Viewer& viewer);

    bool canGoBack() const { return at_ > 1; }
    bool canGoForward() const { return at_ < rows_.size(); }
    void goBack();
    void goForward();

  private:
    void visit(Row row);
    void go(std::size_t at);

    Viewer& viewer_;
    std::vector<Row> rows_;
    std::size_t at_ = 0; // one behind the current one
    bool going_ = false;
};

} // namespace fusewire::gui

// LedgerPanel: what became of every node, or every fhandle, of the capture, as a table that can be
// filtered and sorted, and the history of the one that is selected.
#pragma once

#include "gui/models/ledger_model.h"
#include "gui/models/viewer.h"
#include "gui/views/timeline_pane.h"

#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QSplitter>
#include <QTreeView>
#include <QWidget>
#include <optional>

namespace fusewire::gui {

// What its two uses differ in.
struct LedgerPanelKind {
    const LedgerKind& (*ledger)();
    const char* id; // prefix of object names
    const char* searchHint;
    const char* ofMessage; // text of the button
    const char* noneOfMessage;
};

class LedgerPanel : public QWidget {
    Q_OBJECT

  public:
    // The viewer outlives it.
    LedgerPanel(Viewer& viewer, const LedgerPanelKind& kind);

    LedgerModel& model() { return model_; }
    TimelinePane& timeline() { return *timeline_; }
    // Makes what the current message is about current here too.
    void showOfMessage();

  protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void buildTable();
    QWidget* buildTools();
    QCheckBox* addBox(QLayout* to, const char* name, const QString& text);
    void showDocument();
    void showJudged();
    void showUnseen();
    void keepPlace();
    void showCounts();
    void follow(const QModelIndex& current);
    void select(const TimelineSubject& subject);

    Viewer& viewer_;
    const LedgerPanelKind& kind_;
    LedgerModel model_;
    FilterFollower follower_;
    QTreeView* table_;
    QLineEdit* search_;
    QLabel* counts_;
    QLabel* unseen_; // what the capture could not see
    TimelinePane* timeline_;
    QSplitter* halves_;
    std::optional<TimelineSubject> wanted_; // to be current whenever it is listed
};

QWidget* makeNodePanel(Viewer& viewer);
QWidget* makeFhandlePanel(Viewer& viewer);

} // namespace fusewire::gui

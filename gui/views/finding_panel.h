// FindingPanel: what is wrong in the capture, by rule and worst first, and everything about the finding
// that is selected. A click, or Enter, goes to the message and marks the bytes.
#pragma once

#include "gui/models/finding_list_model.h"
#include "gui/views/detail_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSplitter>
#include <QTreeView>
#include <QWidget>

namespace fusewire::gui {

class FindingPanel : public QWidget {
    Q_OBJECT

  public:
    explicit FindingPanel(Viewer& viewer);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    QWidget* buildFilters();
    void buildTree();
    void spanRules(const QModelIndex& parent, int first, int last);
    void goTo(const QModelIndex& index);
    void followMessage(Row row);
    void showCurrent();
    QString countsText() const;
    void showState();

    Viewer& viewer_;
    FindingListModel model_;
    QTreeView* tree_;
    DetailView* details_;
    QLabel* state_;
    QSplitter* split_;
};

} // namespace fusewire::gui

// MainWindow: the list of messages, the tree and the bytes of the current one, the filter above them and
// the panels around. What they show is in the viewer's models; the window only connects them.
#pragma once

#include "gui/models/viewer.h"
#include "gui/views/capture_actions.h"
#include "gui/views/field_tree_view.h"
#include "gui/views/filter_bar.h"
#include "gui/views/hex_view.h"
#include "gui/views/message_actions.h"
#include "gui/views/message_list_view.h"
#include "gui/views/remembered.h"
#include "gui/views/start_page.h"

#include <QMainWindow>
#include <QStackedWidget>

namespace fusewire::gui {

struct PanelKind;

class MainWindow : public QMainWindow {
    Q_OBJECT

  public:
    MainWindow();
    ~MainWindow() override;

    Viewer& viewer() { return viewer_; }
    // Shows a capture; says why not, and leaves what is open as it is.
    bool openFile(const QString& path, Follow follow = Follow::no);
    void setFilter(const QString& text) { filterBar_->setText(text); }

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

  private:
    void buildPanes();
    void buildMenus();
    void placeDock(QDockWidget& dock, Qt::DockWidgetArea area);
    void addPanel(const PanelKind& kind, QMenu& menu);
    void fillDock(QDockWidget& dock, const PanelKind& kind);
    void connectViewer();
    void chooseFile();
    void showDocument();
    void showCurrentRow(Row row);
    void markCurrentRow();

    Viewer viewer_;
    FilterBar* filterBar_;
    MessageListView* list_;
    FieldTreeView* tree_;
    HexView* hex_;
    Remembered* remembered_;
    QStackedWidget* pages_;
    StartPage* start_;
    MessageActions* actions_;
    MessageBar* messages_;
    CaptureActions* capture_;
};

} // namespace fusewire::gui

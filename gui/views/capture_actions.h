// CaptureActions: the menu and the tools by which a window captures: start, stop, once more, follow a file,
// and stay at its end. Shows what comes in the window's viewer and says in its message bar what goes wrong.
#pragma once

#include "gui/models/live_capture.h"
#include "gui/models/viewer.h"
#include "gui/views/auto_scroll.h"
#include "gui/views/message_bar.h"

#include <QAbstractItemView>
#include <QAction>
#include <QLabel>
#include <QMenu>
#include <QObject>
#include <QTimer>
#include <QToolBar>
#include <functional>

namespace fusewire::gui {

class CaptureActions : public QObject {
    Q_OBJECT

  public:
    // The four live as long as this.
    CaptureActions(Viewer& viewer, QAbstractItemView& list, MessageBar& messages, QWidget* window,
                   const Launcher& launcher = Launcher::find());

    // Of the window, which owns them.
    QMenu* menu() { return menu_; }
    QToolBar* toolBar() { return toolBar_; }
    // What the capture does, for the status bar: empty while there is none.
    QLabel* status() { return status_; }
    LiveCapture& live() { return live_; }

    // Asked before what is shown is replaced: false now, and `then` is called when it may be.
    using MayReplace = std::function<bool(const std::function<void()>& then)>;
    void setMayReplace(MayReplace mayReplace) { mayReplace_ = std::move(mayReplace); }

    // Asks what to capture.
    void choose();
    void start(const LiveChoice& choice);

  private:
    void makeActions();
    QAction* add(const char* name, const QString& text, const char* icon, const QKeySequence& key);
    void connectCapture();
    void connectViewer();
    void showDocument();
    void showEnd(const QString& error, const QStringList& warnings);
    void showState();
    void showStatus();
    void follow(bool follows);
    void restart();

    Viewer& viewer_;
    MessageBar& messages_;
    QWidget* window_;
    Launcher launcher_;
    LiveCapture live_;
    MayReplace mayReplace_ = [](const auto&) { return true; };
    AutoScroll* scroll_;
    QMenu* menu_;
    QToolBar* toolBar_;
    QLabel* status_;
    QTimer second_;
    QAction* start_ = nullptr;
    QAction* stop_ = nullptr;
    QAction* restart_ = nullptr;
    QAction* follow_ = nullptr;
    QAction* autoScroll_ = nullptr;
};

} // namespace fusewire::gui

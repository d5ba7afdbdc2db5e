// StartPage: what a window shows before a capture is open: what can be done, and what was done lately.
#pragma once

#include <QListWidget>
#include <QStringList>
#include <QWidget>

namespace fusewire::gui {

class StartPage : public QWidget {
    Q_OBJECT

  public:
    explicit StartPage(QWidget* parent = nullptr);

    // The latest first.
    void setRecentFiles(const QStringList& paths);

  signals:
    void openWanted();
    void captureWanted();
    void fileWanted(const QString& path);

  private:
    QListWidget* recent_;
    QWidget* recentBox_;
};

} // namespace fusewire::gui

// LiveDialog: which connections to capture, and how. Lists what this machine has mounted, with what each is
// doing, and hands out a choice.
#pragma once

#include "gui/models/connection_model.h"
#include "gui/models/live_capture.h"
#include "gui/models/traffic_meter.h"
#include "gui/views/message_bar.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>

namespace fusewire::gui {

class LiveDialog : public QDialog {
    Q_OBJECT

  public:
    explicit LiveDialog(const Launcher& launcher, QWidget* parent = nullptr);

    ConnectionModel& connections() { return connections_; }
    // What is chosen; nothing selected is every connection.
    LiveChoice choice() const;
    // The options of an earlier one. Its connections are selected when they are listed.
    void setChoice(const LiveChoice& choice);

  signals:
    void chosen(const fusewire::gui::LiveChoice& choice);

  private:
    void buildTable();
    QWidget* buildOptions();
    void showConnections(const ConnectionStatuses& connections);
    void showTraffic(bool shown);
    void showSummary();
    void choose();

    ConnectionModel connections_;
    ConnectionLister lister_;
    TrafficMeter meter_;
    QStringList wanted_; // connections to be selected once they are listed
    QTableView* table_;
    MessageBar* messages_;
    QCheckBox* traffic_;
    QLineEdit* opcodes_;
    QLineEdit* pids_;
    QLineEdit* uids_;
    QLineEdit* filter_;
    QComboBox* tier_;
    QCheckBox* noFileData_;
    QLineEdit* stopAfter_;
    QSpinBox* snap_;
    QCheckBox* errors_;
    QLabel* summary_;
    QPushButton* start_;
};

} // namespace fusewire::gui

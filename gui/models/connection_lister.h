// ConnectionLister: looks at the machine's FUSE connections once a second in a thread of its own, since that
// looks at every process.
#pragma once

#include "capture/live/connection_status.h"

#include <QMetaType>
#include <QObject>
#include <QString>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace fusewire::gui {

using ConnectionStatuses = std::vector<ConnectionStatus>;

class ConnectionLister : public QObject {
    Q_OBJECT

  public:
    explicit ConnectionLister(QObject* parent = nullptr);
    ~ConnectionLister() override;

    void start();

  signals:
    // From the lister's thread.
    void listed(const fusewire::gui::ConnectionStatuses& connections);
    void failed(const QString& error);

  private:
    void run();

    std::mutex mutex_;
    std::condition_variable ended_;
    bool ends_ = false;
    std::thread thread_;
};

} // namespace fusewire::gui

Q_DECLARE_METATYPE(fusewire::gui::ConnectionStatuses)

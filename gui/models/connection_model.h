// ConnectionModel: the FUSE connections of this machine as a table that keeps its rows while they change:
// where each is mounted, who serves it, how many requests wait, and how that or its traffic went lately.
#pragma once

#include "gui/models/connection_lister.h"
#include "gui/models/traffic_meter.h"

#include <QAbstractTableModel>
#include <QList>
#include <optional>
#include <vector>

namespace fusewire::gui {

enum ConnectionRole : int {
    ConnectionNumberRole = Qt::UserRole + 1, // quint32
    MountPointRole,                          // QString
    HistoryRole,                             // QList<quint32>, one for each second, oldest first
};

class ConnectionModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column : int { MountPoint, Type, Source, Server, Waiting, Traffic, ColumnCount };
    // Seconds that the history goes back.
    static constexpr qsizetype history_length = 60;

    using QAbstractTableModel::QAbstractTableModel;

    // What there is now; rows of connections that are still there stay the same rows.
    void setConnections(const ConnectionStatuses& connections);
    // Of a second. From the first call on the history is of messages; before, of waiting requests.
    void addTraffic(const TrafficCounts& messages);
    // The history is of waiting requests again.
    void endTraffic();
    bool hasTraffic() const { return hasTraffic_; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    struct Row {
        ConnectionStatus status;
        QList<quint32> history;
    };

    static quint32 numberOf(const ConnectionStatus& status);
    void removeMissing(const ConnectionStatuses& connections);
    void put(const ConnectionStatus& status);
    void remember(Row& row, quint32 value) const;
    void forgetHistory();
    void tellAll(Column column);
    QVariant whyUnknown(const Row& row, Column column) const;
    QString text(const Row& row, Column column) const;

    std::vector<Row> rows_;
    bool hasTraffic_ = false;
};

} // namespace fusewire::gui

#include "gui/models/connection_model.h"

#include "dissector/escape.h"

#include <QStringList>
#include <algorithm>
#include <string>

namespace fusewire::gui {

namespace {

QString escaped(std::string_view text) {
    std::string out;
    append_escaped(out, text);
    return QString::fromStdString(out);
}

} // namespace

quint32 ConnectionModel::numberOf(const ConnectionStatus& status) {
    return static_cast<quint32>(status.connection.conn);
}

void ConnectionModel::setConnections(const ConnectionStatuses& connections) {
    removeMissing(connections);
    for (const ConnectionStatus& status : connections)
        put(status);
}

void ConnectionModel::removeMissing(const ConnectionStatuses& connections) {
    for (int row = rowCount(); row-- > 0;) {
        const ConnId conn = rows_[static_cast<std::size_t>(row)].status.connection.conn;
        const bool there = std::ranges::any_of(connections, [&](const ConnectionStatus& status) {
            return status.connection.conn == conn;
        });
        if (there)
            continue;
        beginRemoveRows({}, row, row);
        rows_.erase(rows_.begin() + row);
        endRemoveRows();
    }
}

void ConnectionModel::put(const ConnectionStatus& status) {
    const auto known = std::ranges::find(rows_, status.connection.conn,
                                         [](const Row& row) { return row.status.connection.conn; });
    const int row = static_cast<int>(known - rows_.begin());
    if (known == rows_.end()) {
        beginInsertRows({}, row, row);
        rows_.push_back({status, {}});
        endInsertRows();
    } else {
        known->status = status;
    }
    if (!hasTraffic_)
        remember(
            rows_[static_cast<std::size_t>(row)],
            static_cast<quint32>(std::min<std::uint64_t>(status.waiting.value_or(0), UINT32_MAX)));
    emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

void ConnectionModel::addTraffic(const TrafficCounts& messages) {
    if (!hasTraffic_)
        forgetHistory();
    hasTraffic_ = true;
    for (Row& row : rows_)
        remember(row, messages.value(numberOf(row.status)));
    tellAll(Traffic);
}

void ConnectionModel::endTraffic() {
    if (!hasTraffic_)
        return;
    hasTraffic_ = false;
    forgetHistory();
    tellAll(Traffic);
}

void ConnectionModel::remember(Row& row, quint32 value) const {
    row.history.append(value);
    if (row.history.size() > history_length)
        row.history.removeFirst();
}

void ConnectionModel::forgetHistory() {
    for (Row& row : rows_)
        row.history.clear();
    emit headerDataChanged(Qt::Horizontal, Traffic, Traffic);
}

void ConnectionModel::tellAll(Column column) {
    if (!rows_.empty())
        emit dataChanged(index(0, column), index(rowCount() - 1, column));
}

int ConnectionModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int ConnectionModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString ConnectionModel::text(const Row& row, Column column) const {
    const Connection& connection = row.status.connection;
    QStringList servers;
    switch (column) {
    case MountPoint:
        return escaped(connection.mount_point);
    case Type:
        return escaped(connection.fs_type);
    case Source:
        return escaped(connection.source);
    case Server:
        for (const ServerProcess& server : row.status.servers)
            servers << QString("%1 %2").arg(server.pid).arg(escaped(server.name));
        return servers.isEmpty() ? QStringLiteral("?") : servers.join(", ");
    case Waiting:
        return row.status.waiting ? QString::number(*row.status.waiting) : QStringLiteral("?");
    case Traffic:
        return !hasTraffic_ || row.history.isEmpty() ? QString()
                                                     : tr("%L1/s").arg(row.history.last());
    case ColumnCount:
        break;
    }
    return {};
}

// Of what is "?".
QVariant ConnectionModel::whyUnknown(const Row& row, Column column) const {
    if (column == Waiting && !row.status.waiting)
        return tr("Requests without an answer are told by /sys/fs/fuse/connections, which is not "
                  "mounted or not for your eyes");
    if (column == Server && row.status.servers.empty())
        return tr("No process of yours has this connection open; root sees those of others");
    return {};
}

QVariant ConnectionModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text(row, column);
    case Qt::TextAlignmentRole:
        return QVariant(Qt::AlignVCenter | (column < Waiting ? Qt::AlignLeft : Qt::AlignRight));
    case Qt::ToolTipRole:
        return whyUnknown(row, column);
    case ConnectionNumberRole:
        return numberOf(row.status);
    case MountPointRole:
        return text(row, MountPoint);
    case HistoryRole:
        return QVariant::fromValue(row.history);
    default:
        return {};
    }
}

QVariant ConnectionModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case MountPoint:
        return tr("Mount point");
    case Type:
        return tr("Type");
    case Source:
        return tr("Source");
    case Server:
        return tr("Server");
    case Waiting:
        return tr("Waiting");
    case Traffic:
        return hasTraffic_ ? tr("Messages") : tr("Waiting, last minute");
    default:
        return {};
    }
}

} // namespace fusewire::gui

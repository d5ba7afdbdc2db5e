// The table of connections while they come, go and change.
#include "gui/models/connection_model.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QFile>
#include <QTemporaryDir>

namespace fusewire::gui {
namespace {

ConnectionStatus mounted(std::uint32_t number, const char* mountPoint,
                         std::optional<std::uint64_t> waiting = 0) {
    ConnectionStatus status;
    status.connection.conn = ConnId{number};
    status.connection.mount_point = mountPoint;
    status.connection.fs_type = "fuse.bindfs";
    status.connection.source = "/src";
    status.waiting = waiting;
    return status;
}

class Connections : public ::testing::Test {
  protected:
    QString text(int row, int column) const { return model.index(row, column).data().toString(); }
    QList<quint32> history(int row) const {
        return model.index(row, 0).data(HistoryRole).value<QList<quint32>>();
    }

    ConnectionModel model;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(Connections, SayWhereAndWhatAndWho) {
    ConnectionStatus status = mounted(41, "/mnt/x", 3);
    status.servers = {{7, "bindfs"}, {8, "bindfs"}};
    model.setConnections({status, mounted(42, "/mnt/y", std::nullopt)});
    ASSERT_EQ(model.rowCount(), 2);
    EXPECT_EQ(text(0, ConnectionModel::MountPoint), "/mnt/x");
    EXPECT_EQ(text(0, ConnectionModel::Type), "fuse.bindfs");
    EXPECT_EQ(text(0, ConnectionModel::Source), "/src");
    EXPECT_EQ(text(0, ConnectionModel::Server), "7 bindfs, 8 bindfs");
    EXPECT_EQ(text(0, ConnectionModel::Waiting), "3");
    EXPECT_EQ(text(1, ConnectionModel::Server), "?");
    EXPECT_EQ(text(1, ConnectionModel::Waiting), "?");
    EXPECT_TRUE(model.index(1, ConnectionModel::Waiting)
                    .data(Qt::ToolTipRole)
                    .toString()
                    .contains("/sys/fs/fuse"));
    EXPECT_EQ(model.index(1, 0).data(ConnectionNumberRole), 42U);
}

TEST_F(Connections, ControlCharactersOfAMountPointAreEscaped) {
    model.setConnections({mounted(41, "/mnt/\033[31m\nx")});
    EXPECT_FALSE(text(0, ConnectionModel::MountPoint).contains(QChar(0x1b)));
    EXPECT_FALSE(text(0, ConnectionModel::MountPoint).contains('\n'));
}

TEST_F(Connections, KeepTheirRowsWhileOthersComeAndGo) {
    model.setConnections({mounted(41, "/a"), mounted(42, "/b"), mounted(43, "/c")});
    const QPersistentModelIndex kept = model.index(1, 0);
    model.setConnections({mounted(40, "/new"), mounted(42, "/b", 5)});
    ASSERT_EQ(model.rowCount(), 2);
    EXPECT_EQ(kept.row(), 0);
    EXPECT_EQ(kept.data(MountPointRole), "/b");
    EXPECT_EQ(text(0, ConnectionModel::Waiting), "5");
    EXPECT_EQ(text(1, ConnectionModel::MountPoint), "/new");
    model.setConnections({});
    EXPECT_EQ(model.rowCount(), 0);
    EXPECT_FALSE(kept.isValid());
}

TEST_F(Connections, RememberAMinuteOfWaitingRequests) {
    for (std::uint64_t second = 0; second < 70; ++second)
        model.setConnections({mounted(41, "/a", second)});
    ASSERT_EQ(history(0).size(), ConnectionModel::history_length);
    EXPECT_EQ(history(0).first(), 10U);
    EXPECT_EQ(history(0).last(), 69U);
    EXPECT_EQ(text(0, ConnectionModel::Traffic), "");
}

TEST_F(Connections, TrafficTakesThePlaceOfWaitingRequests) {
    model.setConnections({mounted(41, "/a", 9), mounted(42, "/b", 9)});
    model.addTraffic({{41, 1200}});
    model.setConnections({mounted(41, "/a", 9), mounted(42, "/b", 9)});
    model.addTraffic({{42, 7}});
    EXPECT_EQ(history(0), QList<quint32>({1200, 0}));
    EXPECT_EQ(history(1), QList<quint32>({0, 7}));
    EXPECT_EQ(text(1, ConnectionModel::Traffic), "7/s");
    model.endTraffic();
    EXPECT_TRUE(history(0).isEmpty());
}

class Meter : public ::testing::Test {
  protected:
    std::unique_ptr<TrafficMeter> pretend(const QByteArray& script) {
        QFile file(folder.filePath("fusewire"));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        file.write("#!/bin/sh\n" + script);
        file.close();
        EXPECT_TRUE(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        auto meter = std::make_unique<TrafficMeter>(
            Launcher{.fusewire = file.fileName(), .privileged = true});
        QObject::connect(meter.get(), &TrafficMeter::counted, meter.get(),
                         [this](const TrafficCounts& counts) { counted = counts; });
        QObject::connect(meter.get(), &TrafficMeter::failed, meter.get(),
                         [this](const QString& text) { failure = text; });
        return meter;
    }

    QTemporaryDir folder;
    TrafficCounts counted;
    QString failure;
};

TEST_F(Meter, CountsAConnectionForEachMessage) {
    const auto meter =
        pretend("for i in 1 2 3; do echo 41; done; echo 42; echo nonsense; cat >/dev/null\n");
    ASSERT_EQ(meter->start(), "");
    ASSERT_TRUE(waitUntil([this] { return !counted.isEmpty(); }));
    EXPECT_EQ(counted, (TrafficCounts{{41, 3}, {42, 1}}));
    meter->stop();
    EXPECT_TRUE(waitUntil([&] { return !meter->isRunning(); }));
    EXPECT_EQ(failure, "");
}

TEST_F(Meter, SaysWhyThereIsNoTraffic) {
    const auto meter = pretend("echo 'fusewire: capturing needs root' >&2; exit 3\n");
    ASSERT_EQ(meter->start(), "");
    ASSERT_TRUE(waitUntil([this] { return !failure.isEmpty(); }));
    EXPECT_TRUE(failure.contains("needs root"));
}

TEST(Lister, ListsWhatIsMounted) {
    ConnectionLister lister;
    bool listed = false;
    QObject::connect(&lister, &ConnectionLister::listed, &lister,
                     [&](const ConnectionStatuses&) { listed = true; });
    lister.start();
    EXPECT_TRUE(waitUntil([&] { return listed; }));
}

} // namespace
} // namespace fusewire::gui

// A live capture as people make it: choose a mount in the dialog, watch, stop. Needs root and a file system
// to mount; skipped without, or a failure under FUSEWIRE_REQUIRE_LIVE=1.
#include "gui/models/connection_model.h"
#include "gui/views/capture_actions.h"
#include "gui/views/live_dialog.h"
#include "tests/gui/desktop/real_window.h"

#include <sys/stat.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

namespace fusewire::gui {
namespace {

constexpr int files = 30;

// The window looks for the command in PATH.
const bool found =
    qputenv("PATH", QFileInfo(FUSEWIRE_PROGRAM).path().toLocal8Bit() + ":" + qgetenv("PATH"));

int run(const QString& program, const QStringList& arguments) {
    QProcess process;
    process.start(program, arguments);
    process.closeWriteChannel();
    return process.waitForFinished(60'000) ? process.exitCode() : -1;
}

QString missing() {
    if (!found || geteuid() != 0)
        return "needs root";
    if (QStandardPaths::findExecutable("bindfs").isEmpty())
        return "needs bindfs";
    return run(FUSEWIRE_PROGRAM, {"capture", "-a", "duration:0.1"}) == 0
               ? QString()
               : QStringLiteral("this kernel lets nobody capture");
}

class LiveWindow : public RealWindow {
  protected:
    void SetUp() override {
        const QString reason = missing();
        if (!reason.isEmpty() && qgetenv("FUSEWIRE_REQUIRE_LIVE") == "1")
            FAIL() << reason.toStdString();
        if (!reason.isEmpty())
            GTEST_SKIP() << reason.toStdString();
        RealWindow::SetUp();
        const QDir dir(folder.path());
        ASSERT_TRUE(dir.mkdir("source") && dir.mkdir("mount"));
        for (int i = 0; i < files; ++i)
            ASSERT_TRUE(
                QFile(dir.filePath(QString("source/file%1").arg(i))).open(QIODevice::WriteOnly));
        ASSERT_EQ(run("bindfs", {"-o", "attr_timeout=0,entry_timeout=0", dir.filePath("source"),
                                 dir.filePath("mount")}),
                  0);
        mount = dir.filePath("mount");
    }
    void TearDown() override {
        if (!mount.isEmpty())
            run("umount", {"-l", mount});
    }
    void lookAtFiles() const {
        struct stat status {};
        for (int i = 0; i < files; ++i)
            stat((mount + QString("/file%1").arg(i)).toLocal8Bit().constData(), &status);
    }
    QModelIndex mountIn(const QAbstractItemModel& connections) const {
        for (int row = 0; row < connections.rowCount(); ++row)
            if (connections.index(row, 0).data(MountPointRole).toString() == mount)
                return connections.index(row, 0);
        return {};
    }

    // Several seconds of it, as the dialog draws them.
    bool seesTraffic(const QAbstractItemModel& connections) const {
        lookAtFiles();
        QTest::qWait(50);
        const auto seconds = mountIn(connections).data(HistoryRole).value<QList<quint32>>();
        return std::ranges::count_if(seconds, [](quint32 count) { return count > 0; }) > 2;
    }
    // Chooses the mount in the dialog, and makes requests until they are in the list.
    void startCapture() {
        Desktop::press("ctrl+k");
        auto* dialog = shown<LiveDialog>("liveDialog");
        ASSERT_NE(dialog, nullptr);
        auto* table = dialog->findChild<QTableView*>();
        ASSERT_TRUE(waitUntil([&] { return mountIn(*table->model()).isValid(); }));
        // Other connections may come and go, and rows move under the mouse.
        const auto isChosen = [&] {
            const QModelIndex row = mountIn(*table->model());
            return row.isValid() && table->selectionModel()->isRowSelected(row.row());
        };
        ASSERT_TRUE(waitUntil([&] {
            if (!isChosen())
                click(*table, mountIn(*table->model()));
            return isChosen();
        }));
        ASSERT_TRUE(waitUntil([&] { return seesTraffic(*table->model()); }));
        Desktop::takePicture("connections");
        Desktop::press("Return");
        ASSERT_TRUE(waitUntil([&] { return live.state() == LiveCapture::State::running; }));
        lookAtFiles();
        ASSERT_TRUE(waitUntil([this] { return viewer.messages().rowCount() >= 2 * files; }));
    }

    QTemporaryDir folder;
    QString mount;
    LiveCapture& live = window.findChild<CaptureActions*>()->live();
};

TEST_F(LiveWindow, SaysThatTheFileSystemWentAwayAndKeepsWhatCame) {
    startCapture();
    ASSERT_EQ(run("umount", {"-l", mount}), 0);
    ASSERT_TRUE(waitUntil([&] { return !live.isActive(); }));
    const auto* bar = window.findChild<MessageBar*>();
    EXPECT_TRUE(bar->text().contains("unmounted")) << bar->text().toStdString();
    EXPECT_GE(viewer.messages().rowCount(), 2 * files);
    EXPECT_TRUE(window.isWindowModified());
    EXPECT_TRUE(window.findChild<QAction*>("captureStart")->isEnabled());
    mount.clear();
}

TEST_F(LiveWindow, CapturesTheMountThatIsChosen) {
    startCapture();
    ASSERT_TRUE(showsRow(0));
    Desktop::takePicture("live");
    Desktop::press("ctrl+e");
    ASSERT_TRUE(waitUntil([&] { return !live.isActive(); }));
    ASSERT_TRUE(waitUntil([this] { return viewer.document()->isIndexed(); }));
    ASSERT_TRUE(viewer.setFilter("fuse.request.name == \"file7\""));
    ASSERT_TRUE(waitUntil([this] { return !viewer.isFiltering(); }));
    EXPECT_GE(viewer.messages().rowCount(), 2) << "the lookup and its reply";
}

} // namespace
} // namespace fusewire::gui

// The viewer captures a real mount: as root, as an ordinary user through sudo, and onto a full disk. Skipped
// where that is impossible, or a failure under FUSEWIRE_REQUIRE_LIVE=1.
#include "gui/models/live_capture.h"
#include "gui/models/viewer.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <csignal>

namespace fusewire::gui {
namespace {

constexpr int files = 50;
// Set for the part of the test that runs as an ordinary user.
constexpr const char* mount_variable = "FUSEWIRE_TEST_MOUNT";
constexpr const char* program_variable = "FUSEWIRE_TEST_PROGRAM";

int run(const QString& program, const QStringList& arguments, QByteArray* output = nullptr) {
    QProcess process;
    process.start(program, arguments);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000))
        return -1;
    if (output != nullptr)
        *output = process.readAllStandardOutput() + process.readAllStandardError();
    return process.exitCode();
}

QString missing() {
    if (geteuid() != 0)
        return "needs root";
    if (QStandardPaths::findExecutable("bindfs").isEmpty())
        return "needs bindfs";
    QByteArray said;
    const int code = run(FUSEWIRE_PROGRAM, {"capture", "-a", "duration:0.1"}, &said);
    return code == 0 ? QString() : QString::fromLocal8Bit(said);
}

class LiveBindfs : public ::testing::Test {
  protected:
    void SetUp() override {
        const QString reason = qEnvironmentVariableIsSet(mount_variable) ? QString() : missing();
        if (!reason.isEmpty() && qgetenv("FUSEWIRE_REQUIRE_LIVE") == "1")
            FAIL() << reason.toStdString();
        if (!reason.isEmpty())
            GTEST_SKIP() << reason.toStdString();
        QFile::setPermissions(folder.path(), QFile::Permissions(0x7755));
    }
    void TearDown() override {
        live.reset();
        if (!mount.isEmpty())
            run("umount", {"-l", mount});
        if (!disk.isEmpty())
            run("umount", {"-l", disk});
    }
    // Every look at a file asks the server.
    void mountBindfs() {
        const QDir dir(folder.path());
        ASSERT_TRUE(dir.mkdir("source") && dir.mkdir("mount"));
        for (int i = 0; i < files; ++i)
            ASSERT_TRUE(
                QFile(dir.filePath(QString("source/file%1").arg(i))).open(QIODevice::WriteOnly));
        const QString options = "attr_timeout=0,entry_timeout=0,negative_timeout=0,allow_other";
        ASSERT_EQ(run("bindfs", {"-o", options, dir.filePath("source"), dir.filePath("mount")}), 0);
        mount = dir.filePath("mount");
    }
    void capture(const Launcher& launcher, const QString& target) {
        live = std::make_unique<LiveCapture>(launcher);
        QObject::connect(
            live.get(), &LiveCapture::captureBegan, &viewer,
            [this](const std::shared_ptr<CaptureDocument>& document) { viewer.show(document); });
        QObject::connect(live.get(), &LiveCapture::failed, &viewer,
                         [this](const QString& text) { failures << text; });
        LiveChoice choice;
        choice.targets = QStringList{target};
        ASSERT_EQ(live->start(choice), "");
        ASSERT_TRUE(waitUntil([this] {
            return live->state() == LiveCapture::State::running || !live->isActive();
        })) << "the probe takes a while";
        ASSERT_TRUE(live->isActive()) << failures.join(' ').toStdString();
    }
    static void lookAtFiles(const QString& where) {
        struct stat status {};
        for (int i = 0; i < files; ++i)
            stat((where + QString("/file%1").arg(i)).toLocal8Bit().constData(), &status);
    }
    void stopAndExpectEverything() {
        live->stop();
        ASSERT_TRUE(waitUntil([this] { return !live->isActive(); }));
        EXPECT_TRUE(failures.isEmpty()) << failures.join(' ').toStdString();
        ASSERT_TRUE(waitUntil([this] { return viewer.document()->isIndexed(); }));
        ASSERT_TRUE(waitUntil([this] { return viewer.judged() && viewer.judged()->complete; }));
        EXPECT_EQ(viewer.judged()->lost, 0U);
        QByteArray frames;
        const QString program = qEnvironmentVariable(program_variable, FUSEWIRE_PROGRAM);
        ASSERT_EQ(run(program,
                      {"read", viewer.document()->path(), "-T", "fields", "-e", "frame.number"},
                      &frames),
                  0);
        EXPECT_EQ(frames.count('\n'), viewer.messages().rowCount());
        ASSERT_TRUE(viewer.setFilter(
            "fuse.opcode_name == \"LOOKUP\" && fuse.request.name contains \"file\""));
        ASSERT_TRUE(waitUntil([this] { return !viewer.isFiltering(); }));
        EXPECT_GE(viewer.messages().rowCount(), 2 * files) << "each lookup and its reply";
    }

    QTemporaryDir folder;
    QString mount;
    QString disk;
    Viewer viewer;
    std::unique_ptr<LiveCapture> live;
    QStringList failures;
};

TEST_F(LiveBindfs, RootSeesEachLookupAsItHappens) {
    mountBindfs();
    capture({.fusewire = FUSEWIRE_PROGRAM, .privileged = true}, mount);
    lookAtFiles(mount);
    EXPECT_TRUE(waitUntil([this] { return viewer.messages().rowCount() >= 2 * files; }))
        << "before the capture ends";
    EXPECT_TRUE(waitUntil([this] { return viewer.judged() && viewer.judged()->messages > 0; }));
    stopAndExpectEverything();
}

TEST_F(LiveBindfs, AKilledCaptureLeavesWhatItWrote) {
    mountBindfs();
    capture({.fusewire = FUSEWIRE_PROGRAM, .privileged = true}, mount);
    lookAtFiles(mount);
    ASSERT_TRUE(waitUntil([this] { return viewer.messages().rowCount() >= 2 * files; }));
    for (const QString& pid : QDir("/proc").entryList(QDir::Dirs)) {
        QFile commandLine("/proc/" + pid + "/cmdline");
        QFile status("/proc/" + pid + "/stat");
        if (!commandLine.open(QIODevice::ReadOnly) || !status.open(QIODevice::ReadOnly))
            continue;
        const QList<QByteArray> fields = status.readAll().split(' ');
        if (commandLine.readAll().startsWith(FUSEWIRE_PROGRAM) && fields.size() > 3 &&
            fields[3].toInt() == getpid())
            kill(pid.toInt(), SIGKILL);
    }
    ASSERT_TRUE(waitUntil([this] { return !live->isActive(); }));
    ASSERT_EQ(failures.size(), 1);
    EXPECT_TRUE(failures[0].contains("killed")) << failures[0].toStdString();
    EXPECT_GE(viewer.messages().rowCount(), 2 * files);
    EXPECT_TRUE(waitUntil([this] { return viewer.judged() && viewer.judged()->complete; }));
}

TEST_F(LiveBindfs, AFullDiskEndsTheCaptureWithWhatWasWhole) {
    mountBindfs();
    disk = folder.filePath("disk");
    ASSERT_TRUE(QDir().mkdir(disk));
    ASSERT_EQ(run("mount", {"-t", "tmpfs", "-o", "size=256k", "none", disk}), 0);
    qputenv("TMPDIR", disk.toLocal8Bit());
    capture({.fusewire = FUSEWIRE_PROGRAM, .privileged = true}, mount);
    qunsetenv("TMPDIR");
    ASSERT_TRUE(waitUntil([this] {
        lookAtFiles(mount);
        return !live->isActive();
    }));
    ASSERT_EQ(failures.size(), 1);
    EXPECT_TRUE(failures[0].contains("No space left")) << failures[0].toStdString();
    QString error;
    QStringList warnings;
    QObject::connect(viewer.document().get(), &CaptureDocument::indexed, &viewer,
                     [&](const QString& said, const QStringList& more) {
                         error = said;
                         warnings = more;
                     });
    ASSERT_TRUE(waitUntil([this] { return viewer.document()->isIndexed(); }));
    EXPECT_EQ(error, "");
    EXPECT_TRUE(warnings.isEmpty()) << warnings.join(' ').toStdString();
    EXPECT_GT(viewer.messages().rowCount(), 100);
}

// Run by AUserCapturesThroughSudo as somebody else.
TEST_F(LiveBindfs, DISABLED_AsUser) {
    ASSERT_NE(geteuid(), 0U);
    const QString target = qEnvironmentVariable(mount_variable);
    const Launcher launcher{.fusewire = qEnvironmentVariable(program_variable),
                            .sudo = QStandardPaths::findExecutable("sudo")};
    capture(launcher, target);
    lookAtFiles(target);
    EXPECT_TRUE(waitUntil([this] { return viewer.messages().rowCount() >= 2 * files; }));
    EXPECT_EQ(QFile(viewer.document()->path()).permissions() &
                  (QFile::ReadGroup | QFile::ReadOther),
              QFile::Permissions());
    stopAndExpectEverything();
}

TEST_F(LiveBindfs, AUserCapturesThroughSudo) {
    const QString sudo = QStandardPaths::findExecutable("sudo");
    if (sudo.isEmpty() && qgetenv("FUSEWIRE_REQUIRE_LIVE") == "1")
        FAIL() << "needs sudo";
    if (sudo.isEmpty())
        GTEST_SKIP() << "needs sudo";
    mountBindfs();
    const QDir dir(folder.path());
    // From wherever the build is, both have to be where that user may go.
    const QString program = dir.filePath("fusewire");
    const QString test = dir.filePath("test");
    ASSERT_TRUE(QFile::copy(FUSEWIRE_PROGRAM, program));
    ASSERT_TRUE(QFile::copy(QCoreApplication::applicationFilePath(), test));
    ASSERT_TRUE(dir.mkdir("temporary"));
    ASSERT_EQ(run("chmod", {"0777", dir.filePath("temporary")}), 0);
    QFile sudoers(dir.filePath("sudoers"));
    ASSERT_TRUE(sudoers.open(QIODevice::WriteOnly));
    sudoers.write("nobody ALL=(root) NOPASSWD: " + program.toLocal8Bit() + "\n");
    sudoers.close();
    ASSERT_EQ(run("chmod", {"0440", sudoers.fileName()}), 0);
    // A sudoers file of its own, which only this process and its children see.
    QByteArray said;
    const int code =
        run("unshare",
            {"--mount", "sh", "-c",
             "mount --bind \"$0\" /etc/sudoers && exec setpriv --reuid=nobody --regid=nogroup "
             "--clear-groups env -i PATH=\"$PATH\" TMPDIR=\"$1\" HOME=/ " +
                 QString(mount_variable) + "=\"$2\" " + program_variable +
                 "=\"$3\" \"$4\" --gtest_also_run_disabled_tests --gtest_filter='*DISABLED_AsUser'",
             sudoers.fileName(), dir.filePath("temporary"), mount, program, test},
            &said);
    EXPECT_EQ(code, 0) << said.toStdString();
    EXPECT_TRUE(said.contains("[  PASSED  ] 1 test")) << said.toStdString();
}

} // namespace
} // namespace fusewire::gui

// Live capture with a stand-in for fusewire: what the viewer makes of a process that writes, stops when it
// is asked to, refuses, or dies.
#include "gui/models/live_capture.h"
#include "gui/models/viewer.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

namespace fusewire::gui {
namespace {

const QString sample = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/lookup-forget.pcapng");

TEST(CaptureArguments, SayWhatWasChosenAndNothingElse) {
    EXPECT_EQ(captureArguments({}), (QStringList{"capture", "-w", "-", "--until-stdin-closes"}));
    LiveChoice choice;
    choice.targets = {"41", "42"};
    choice.opcodes = "!READ,!WRITE";
    choice.pids = "7";
    choice.uids = "1000";
    choice.errorsOnly = true;
    choice.snapLength = 200;
    choice.noFileData = true;
    choice.stopAfter = "duration:60,size:1G";
    choice.tier = "tp";
    choice.displayFilter = "fuse.error < 0"; // of the window
    EXPECT_EQ(captureArguments(choice).mid(4),
              (QStringList{"--opcode", "!READ,!WRITE", "--pid", "7", "--uid", "1000", "-a",
                           "duration:60,size:1G", "--tier", "tp", "-s", "200", "--data-bytes", "0",
                           "--errors", "41", "42"}));
}

class Launching : public ::testing::Test {
  protected:
    QString command() const {
        const LaunchCommand made = launchCommand(launcher, {"capture"});
        return (QStringList{made.program} + made.arguments).join(' ');
    }
    Launcher launcher{
        .fusewire = "/opt/fusewire", .pkexec = "/usr/bin/pkexec", .sudo = "/usr/bin/sudo"};
};

TEST_F(Launching, RootNeedsNobody) {
    launcher.privileged = true;
    EXPECT_EQ(command(), "/opt/fusewire capture");
}

TEST_F(Launching, ADesktopAsksThroughPkexec) {
    launcher.desktop = true;
    EXPECT_EQ(command(), "/usr/bin/pkexec /opt/fusewire capture");
}

TEST_F(Launching, WithoutADesktopSudoMustNotAskTheTerminal) {
    EXPECT_EQ(command(), "/usr/bin/sudo -n -- /opt/fusewire capture");
    launcher.askpass = true;
    EXPECT_EQ(command(), "/usr/bin/sudo -A -- /opt/fusewire capture");
}

TEST_F(Launching, WithoutAWaySaysWhatToDo) {
    launcher.sudo.clear();
    EXPECT_EQ(command(), "");
    EXPECT_TRUE(launchCommand(launcher, {}).problem.contains("root"));
    launcher.fusewire.clear();
    EXPECT_TRUE(launchCommand(launcher, {}).problem.contains("PATH"));
}

TEST_F(Launching, KnowsWhatARefusalMeans) {
    launcher.desktop = true;
    EXPECT_TRUE(launchFailure(launchCommand(launcher, {}), 126).contains("password"));
    EXPECT_EQ(launchFailure(launchCommand(launcher, {}), 3), "");
    launcher.desktop = false;
    EXPECT_TRUE(launchFailure(launchCommand(launcher, {}), 1).contains("NOPASSWD"));
}

class Live : public ::testing::Test {
  protected:
    // A program that is taken for fusewire; $SAMPLE is a capture.
    void pretend(const QString& script) {
        QFile file(folder.filePath("fusewire"));
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write("#!/bin/sh\nSAMPLE='" + sample.toUtf8() + "'\n" + script.toUtf8());
        file.close();
        ASSERT_TRUE(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        live = std::make_unique<LiveCapture>(
            Launcher{.fusewire = file.fileName(), .privileged = true});
        QObject::connect(
            live.get(), &LiveCapture::captureBegan, &viewer,
            [this](const std::shared_ptr<CaptureDocument>& document) { viewer.show(document); });
        QObject::connect(live.get(), &LiveCapture::failed, &viewer,
                         [this](const QString& text) { failures << text; });
        QObject::connect(live.get(), &LiveCapture::said, &viewer,
                         [this](const QString& text) { said << text; });
    }
    bool shows(int rows) {
        return waitUntil([&] { return viewer.messages().rowCount() == rows; });
    }
    bool isOver() {
        return waitUntil([this] { return !live->isActive(); });
    }

    QTemporaryDir folder;
    Viewer viewer;
    std::unique_ptr<LiveCapture> live;
    QStringList failures;
    QStringList said;
};

TEST_F(Live, ShowsMessagesWhileTheyCome) {
    pretend("head -c 900 $SAMPLE; while [ ! -e ${0}.go ]; do sleep 0.02; done\n"
            "tail -c +901 $SAMPLE; cat >/dev/null; echo 'fusewire: captured 20 messages' >&2\n");
    ASSERT_EQ(live->start({}), "");
    EXPECT_EQ(live->state(), LiveCapture::State::starting);
    ASSERT_TRUE(waitUntil([this] { return viewer.messages().rowCount() > 0; }));
    EXPECT_LT(viewer.messages().rowCount(), 20);
    EXPECT_EQ(live->state(), LiveCapture::State::running);
    EXPECT_EQ(viewer.document()->title(), "every connection");
    EXPECT_EQ(QFileInfo(viewer.document()->path()).permissions() &
                  (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
              QFile::Permissions());
    QFile go(folder.filePath("fusewire.go"));
    ASSERT_TRUE(go.open(QIODevice::WriteOnly));
    EXPECT_TRUE(shows(20));
    EXPECT_EQ(live->bytes(), QFileInfo(sample).size());
    live->stop();
    ASSERT_TRUE(isOver());
    EXPECT_EQ(said, QStringList{"captured 20 messages"});
    EXPECT_TRUE(failures.isEmpty()) << failures.join(' ').toStdString();
    EXPECT_TRUE(waitUntil([this] { return viewer.document()->isIndexed(); }));
    EXPECT_TRUE(waitUntil([this] { return viewer.judged() && viewer.judged()->complete; }));
}

TEST_F(Live, ARefusalIsToldAndLeavesWhatIsOpen) {
    ASSERT_EQ(viewer.open(sample), "");
    const auto before = viewer.document();
    pretend("echo 'fusewire: capturing needs root; run it with sudo' >&2; exit 3\n");
    ASSERT_EQ(live->start({}), "");
    ASSERT_TRUE(isOver());
    EXPECT_EQ(failures, QStringList{"capturing needs root; run it with sudo"});
    EXPECT_EQ(viewer.document(), before);
}

TEST_F(Live, WhatAKilledProcessWroteStays) {
    pretend("cat $SAMPLE; sleep 0.2; kill -9 $$\n");
    ASSERT_EQ(live->start({}), "");
    ASSERT_TRUE(shows(20));
    ASSERT_TRUE(isOver());
    ASSERT_EQ(failures.size(), 1);
    EXPECT_TRUE(failures[0].contains("killed")) << failures[0].toStdString();
    EXPECT_TRUE(failures[0].contains("stays"));
    viewer.setCurrentRow(19);
    EXPECT_TRUE(waitUntil(
        [this] { return viewer.currentMessage() && viewer.currentMessage()->row == 19; }));
    EXPECT_TRUE(waitUntil([this] { return viewer.judged() && viewer.judged()->complete; }));
}

TEST_F(Live, ADeathInTheMiddleOfAMessageLeavesTheWholeOnes) {
    pretend("head -c -20 $SAMPLE; exit 137\n");
    ASSERT_EQ(live->start({}), "");
    ASSERT_TRUE(isOver());
    ASSERT_TRUE(waitUntil([this] { return viewer.document() && viewer.document()->isIndexed(); }));
    EXPECT_EQ(viewer.messages().rowCount(), 19);
    EXPECT_TRUE(failures[0].contains("signal 9")) << failures[0].toStdString();
}

TEST_F(Live, SomethingThatIsNoFusewireIsToldApart) {
    pretend("");
    QFile::remove(folder.filePath("fusewire"));
    ASSERT_EQ(live->start({}), "");
    ASSERT_TRUE(isOver());
    ASSERT_EQ(failures.size(), 1);
    EXPECT_TRUE(failures[0].contains("cannot start"));
}

TEST_F(Live, RestartsWithTheSameChoice) {
    pretend("cat $SAMPLE; echo \"$@\" >>${0}.said; cat >/dev/null\n");
    LiveChoice choice;
    choice.targets = {"41"};
    choice.title = "/mnt/x";
    ASSERT_EQ(live->start(choice), "");
    ASSERT_TRUE(shows(20));
    const auto first = viewer.document();
    EXPECT_EQ(first->title(), "/mnt/x");
    live->restart();
    ASSERT_TRUE(waitUntil([&] { return viewer.document() != first; }));
    EXPECT_FALSE(first->isFollowing());
    ASSERT_TRUE(shows(20));
    live->stop();
    ASSERT_TRUE(isOver());
    QFile saidTo(folder.filePath("fusewire.said"));
    ASSERT_TRUE(saidTo.open(QIODevice::ReadOnly));
    EXPECT_EQ(saidTo.readAll(), QByteArray("capture -w - --until-stdin-closes 41\n").repeated(2));
}

TEST_F(Live, TheTemporaryFileGoesWithItsDocument) {
    pretend("cat $SAMPLE; cat >/dev/null\n");
    ASSERT_EQ(live->start({}), "");
    ASSERT_TRUE(shows(20));
    const QString spooled = viewer.document()->path();
    EXPECT_TRUE(QFileInfo::exists(spooled));
    live.reset();
    EXPECT_TRUE(QFileInfo::exists(spooled)) << "it is shown still";
    ASSERT_EQ(viewer.open(sample), "");
    EXPECT_FALSE(QFileInfo::exists(spooled));
}

TEST_F(Live, WhatItSaysIsMadeHarmless) {
    pretend(
        "cat $SAMPLE; sleep 0.1; printf '/mnt/\\033[31mx is unmounted\\n' >&2; cat >/dev/null\n");
    ASSERT_EQ(live->start({}), "");
    ASSERT_TRUE(waitUntil([this] { return !said.isEmpty(); }));
    EXPECT_FALSE(said[0].contains(QChar(0x1b)));
    EXPECT_TRUE(said[0].contains("unmounted"));
}

} // namespace
} // namespace fusewire::gui

// Captures that are bad, or go bad while they are open: the window says so and keeps what it has.
#include "gui/views/main_window.h"
#include "tests/gui/growing_sample.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <QDir>
#include <QProcess>

namespace fusewire::gui {
namespace {

class BadInput : public ::testing::Test {
  protected:
    BadInput() { window.show(); }
    bool opens() { return window.openFile(sample.path()); }
    bool isIndexed() {
        return waitUntil([this] { return viewer.document()->isIndexed(); });
    }
    bool shows(Row row) {
        viewer.setCurrentRow(row);
        return waitUntil(
            [&] { return viewer.currentMessage() && viewer.currentMessage()->row == row; });
    }
    QString said() const { return window.findChild<MessageBar*>("messageBar")->text(); }

    GrowingSample sample{"lookup-forget.pcapng"};
    MainWindow window;
    Viewer& viewer = window.viewer();
};

TEST_F(BadInput, AFileThatIsCutInTheMiddleIsShownToTheCut) {
    sample.writeTo(sample.size() - 30);
    ASSERT_TRUE(opens());
    ASSERT_TRUE(isIndexed());
    EXPECT_EQ(viewer.messages().rowCount(), 19);
    EXPECT_TRUE(said().contains("cut")) << said().toStdString();
    EXPECT_TRUE(shows(18));
}

TEST_F(BadInput, WhatIsNoCaptureIsToldWithoutABoxAndLeavesWhatIsOpen) {
    sample.writeAll();
    ASSERT_TRUE(opens());
    EXPECT_FALSE(window.openFile(QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/README.md")));
    EXPECT_TRUE(said().contains("README.md")) << said().toStdString();
    EXPECT_EQ(viewer.document()->title(), "growing.pcapng");
    EXPECT_FALSE(window.openFile(sample.path() + ".none"));
    EXPECT_TRUE(said().contains("No such file"));
    EXPECT_FALSE(window.openFile(QDir::tempPath()));
    EXPECT_TRUE(said().contains("directory"));
    EXPECT_TRUE(window.isEnabled());
}

TEST_F(BadInput, AnotherFileClosesTheMessageOfTheLastOne) {
    EXPECT_FALSE(window.openFile(sample.path() + ".none"));
    sample.writeAll();
    ASSERT_TRUE(opens());
    EXPECT_EQ(said(), "");
}

TEST_F(BadInput, AFileThatShrinksToNothingLeavesItsRows) {
    sample.writeAll();
    ASSERT_TRUE(opens());
    ASSERT_TRUE(isIndexed());
    ASSERT_TRUE(shows(0));
    sample.shrinkTo(0);
    ASSERT_TRUE(shows(17)) << "no crash, and something to show";
    EXPECT_TRUE(viewer.currentMessage()->error.contains("shrank"))
        << viewer.currentMessage()->error.toStdString();
    EXPECT_EQ(viewer.messages().rowCount(), 20);
    window.setFilter("fuse.request.name contains \"x\"");
    EXPECT_TRUE(waitUntil([this] { return !viewer.isFiltering(); }));
    window.setFilter("");
    EXPECT_EQ(viewer.messages().rowCount(), 20);
}

TEST_F(BadInput, AFileThatIsRemovedStaysReadable) {
    sample.writeAll();
    ASSERT_TRUE(opens());
    ASSERT_TRUE(isIndexed());
    sample.remove();
    EXPECT_TRUE(shows(17));
    EXPECT_EQ(viewer.currentMessage()->error, "");
}

TEST_F(BadInput, AFollowedFileThatShrinksIsToldInTheWindow) {
    sample.writeAll();
    ASSERT_TRUE(opens());
    ASSERT_TRUE(viewer.setFollowing(true));
    ASSERT_TRUE(waitUntil([this] { return viewer.messages().rowCount() == 20; }));
    sample.shrinkTo(50);
    ASSERT_TRUE(isIndexed());
    EXPECT_TRUE(said().contains("shrank to 50 bytes")) << said().toStdString();
    EXPECT_EQ(viewer.messages().rowCount(), 20);
}

TEST_F(BadInput, APipeWhoseWriterGoesInTheMiddleLeavesWhatCame) {
    sample.writeTo(sample.size() - 30);
    const QString pipe = sample.path() + ".pipe";
    ASSERT_EQ(mkfifo(pipe.toLocal8Bit().constData(), 0600), 0);
    ASSERT_TRUE(window.openFile(pipe));
    QProcess writer;
    writer.start("sh", {"-c", "exec cat \"$0\" > \"$1\"", sample.path(), pipe});
    ASSERT_TRUE(isIndexed());
    EXPECT_EQ(viewer.messages().rowCount(), 19);
    EXPECT_TRUE(said().contains("cut")) << said().toStdString();
    EXPECT_TRUE(said().contains(QFileInfo(pipe).fileName())) << said().toStdString();
    EXPECT_FALSE(said().contains(viewer.document()->path())) << said().toStdString();
    EXPECT_TRUE(shows(18));
    writer.waitForFinished();
}

TEST_F(BadInput, NoRoomForACopyIsTold) {
    const QByteArray before = qgetenv("TMPDIR");
    qputenv("TMPDIR", "/nonexistent");
    EXPECT_FALSE(window.openFile("/dev/zero"));
    EXPECT_TRUE(said().contains("TMPDIR")) << said().toStdString();
    before.isNull() ? qunsetenv("TMPDIR") : qputenv("TMPDIR", before);
}

} // namespace
} // namespace fusewire::gui

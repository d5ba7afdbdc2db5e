// Captures that grow while they are shown: list, filters, findings and panes keep up.
#include "gui/models/viewer.h"
#include "tests/gui/growing_sample.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QProcess>

namespace fusewire::gui {
namespace {

class Following : public ::testing::Test {
  protected:
    void follow() {
        ASSERT_EQ(viewer.open(sample.path(), Follow::yes), "");
        ASSERT_TRUE(viewer.isFollowing());
        QObject::connect(viewer.document().get(), &CaptureDocument::indexed, &viewer,
                         [this](const QString& error, const QStringList& warnings) {
                             endError = error;
                             endWarnings = warnings;
                         });
    }
    bool shows(int rows) {
        return waitUntil([&] { return viewer.messages().rowCount() == rows; });
    }
    bool ends() {
        return waitUntil([this] { return viewer.document()->isIndexed(); });
    }
    bool isJudged() {
        return waitUntil([this] { return viewer.judged() && viewer.judged()->complete; });
    }

    // 20 messages or more, the finding handle-empty at frame 18 among them.
    GrowingSample sample{"lookup-handle-session.pcapng"};
    Viewer viewer;
    QAbstractItemModelTester tester{&viewer.messages(),
                                    QAbstractItemModelTester::FailureReportingMode::Fatal};
    QString endError;
    QStringList endWarnings;
    int whole = [] {
        auto all = CaptureDocument::open(
            QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/lookup-handle-session.pcapng"));
        return static_cast<int>((*all)->rows());
    }();
};

TEST_F(Following, AnEmptyFileFillsTheListAndTheFirstMessageBecomesCurrent) {
    follow();
    EXPECT_EQ(viewer.messages().rowCount(), 0);
    sample.writeTo(sample.size() / 2);
    ASSERT_TRUE(waitUntil([this] { return viewer.messages().rowCount() > 3; }));
    EXPECT_LT(viewer.messages().rowCount(), whole);
    ASSERT_TRUE(waitUntil([this] { return viewer.currentMessage() != nullptr; }));
    EXPECT_EQ(viewer.currentMessage()->frame, 1U);
    sample.writeAll();
    EXPECT_TRUE(shows(whole));
    EXPECT_TRUE(viewer.isFollowing()) << "more may come";
    EXPECT_EQ(viewer.document()->percentIndexed(), 100);
}

TEST_F(Following, FindingsAppearBeforeTheCaptureEnds) {
    follow();
    sample.writeAll();
    ASSERT_TRUE(
        waitUntil([this] { return viewer.judged() && viewer.judged()->worstAt(18).has_value(); }));
    EXPECT_FALSE(viewer.judged()->complete);
    viewer.setFollowing(false);
    ASSERT_TRUE(isJudged());
    EXPECT_EQ(viewer.judged()->worstAt(18), Severity::warn);
}

TEST_F(Following, AFilterShowsWhatComes) {
    follow();
    sample.writeTo(sample.size() / 3);
    ASSERT_TRUE(viewer.setFilter("fuse.opcode_name == \"COMPOUND\""));
    ASSERT_TRUE(waitUntil([this] { return !viewer.isFiltering(); }));
    const int before = viewer.messages().rowCount();
    sample.writeAll();
    ASSERT_TRUE(waitUntil([&] { return viewer.messages().rowCount() > before; }));
    viewer.setFollowing(false);
    ASSERT_TRUE(ends());
    const int followed = viewer.messages().rowCount();
    ASSERT_EQ(viewer.open(sample.path()), "");
    ASSERT_TRUE(waitUntil([this] { return !viewer.isFiltering(); }));
    EXPECT_EQ(viewer.messages().rowCount(), followed);
}

TEST_F(Following, AFilterOfFindingsShowsThemAsTheyHappen) {
    follow();
    ASSERT_TRUE(viewer.setFilter("fuse.finding == \"handle-empty\""));
    sample.writeAll();
    ASSERT_TRUE(shows(1));
    EXPECT_EQ(viewer.messages().index(0, 0).data(FrameRole), 18U);
    EXPECT_TRUE(waitUntil([this] { return !viewer.isFiltering(); }))
        << "it has looked at all there is";
}

TEST_F(Following, StoppingMakesTheCaptureComplete) {
    sample.writeAll();
    follow();
    bool told = false;
    QObject::connect(&viewer, &Viewer::followingChanged, &viewer, [&] { told = true; });
    EXPECT_TRUE(viewer.setFollowing(false));
    EXPECT_TRUE(told);
    ASSERT_TRUE(ends());
    EXPECT_EQ(endError, "");
    EXPECT_TRUE(endWarnings.isEmpty()) << endWarnings.join(' ').toStdString();
    EXPECT_TRUE(viewer.document()->index().complete());
}

TEST_F(Following, AnOpenFileCanBeFollowedFromThenOn) {
    sample.writeTo(sample.size() / 2);
    ASSERT_EQ(viewer.open(sample.path()), "");
    ASSERT_TRUE(ends());
    viewer.setCurrentRow(2);
    EXPECT_TRUE(viewer.setFollowing(true));
    EXPECT_EQ(viewer.currentRow(), 2U);
    sample.writeAll();
    EXPECT_TRUE(shows(whole));
}

TEST_F(Following, AHalfWrittenMessageIsNoDamageUntilFollowingEnds) {
    sample.writeTo(sample.size() - 7);
    follow();
    ASSERT_TRUE(waitUntil([this] { return viewer.messages().rowCount() == whole - 1; }));
    EXPECT_FALSE(viewer.document()->isIndexed());
    viewer.setFollowing(false);
    ASSERT_TRUE(ends());
    ASSERT_EQ(endWarnings.size(), 1);
    EXPECT_TRUE(endWarnings[0].contains("cut"));
}

TEST_F(Following, AFileThatShrinksIsToldAndItsRowsStay) {
    sample.writeAll();
    follow();
    ASSERT_TRUE(shows(whole));
    ASSERT_TRUE(waitUntil([this] { return viewer.currentMessage() != nullptr; }));
    sample.shrinkTo(100);
    ASSERT_TRUE(ends());
    EXPECT_TRUE(endError.contains("shrank")) << endError.toStdString();
    EXPECT_EQ(viewer.messages().rowCount(), whole);
    EXPECT_FALSE(viewer.isFollowing());
    QString said;
    QObject::connect(&viewer, &Viewer::failed, &viewer, [&](const QString& text) { said = text; });
    viewer.setCurrentRow(static_cast<Row>(whole - 1));
    ASSERT_TRUE(waitUntil([&] { return !said.isEmpty(); }));
    EXPECT_TRUE(viewer.currentMessage()->bytes.isEmpty());
    EXPECT_EQ(viewer.currentMessage()->error, said);
}

TEST_F(Following, AFileThatIsRemovedIsToldAndStaysReadable) {
    sample.writeAll();
    follow();
    ASSERT_TRUE(shows(whole));
    sample.remove();
    ASSERT_TRUE(ends());
    ASSERT_EQ(endWarnings.size(), 1);
    EXPECT_TRUE(endWarnings[0].contains("removed"));
    viewer.setCurrentRow(static_cast<Row>(whole - 1));
    EXPECT_TRUE(waitUntil([this] {
        return viewer.currentMessage() &&
               viewer.currentMessage()->row + 1 == static_cast<Row>(whole);
    }));
}

TEST_F(Following, APipeIsCopiedAndFollowedToItsEnd) {
    const QString pipe = sample.path() + ".pipe";
    ASSERT_EQ(mkfifo(pipe.toLocal8Bit().constData(), 0600), 0);
    ASSERT_EQ(viewer.open(pipe), "");
    EXPECT_TRUE(viewer.isFollowing());
    EXPECT_EQ(viewer.document()->title(), "growing.pcapng.pipe");
    sample.writeAll();
    QProcess writer;
    writer.start("sh", {"-c", "exec cat \"$0\" > \"$1\"", sample.path(), pipe});
    EXPECT_TRUE(shows(whole));
    ASSERT_TRUE(ends()) << "the writer has gone";
    EXPECT_FALSE(viewer.isFollowing());
    EXPECT_FALSE(viewer.setFollowing(true)) << "nothing more can come";
    ASSERT_TRUE(isJudged());
    writer.waitForFinished();
}

TEST_F(Following, WhatIsNoCaptureIsRefusedAtOnce) {
    const auto document =
        CaptureDocument::open(QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/README.md"), Follow::yes);
    ASSERT_FALSE(document);
    EXPECT_NE(document.error().message.find("README.md"), std::string::npos);
}

TEST_F(Following, ClosingDoesNotWaitForMore) {
    sample.writeAll();
    follow();
    ASSERT_TRUE(viewer.setFilter("fuse.finding"));
    ASSERT_TRUE(waitUntil([this] { return !viewer.isFiltering(); }));
    QElapsedTimer time;
    time.start();
    viewer.show(std::move(*CaptureDocument::open(sample.path())));
    EXPECT_LT(time.elapsed(), 2000);
}

} // namespace
} // namespace fusewire::gui

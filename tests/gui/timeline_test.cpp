// Timelines: what the model shows of a node or fhandle, the picture of it, and the panels around them.
#include "dissector/ledger.h"
#include "gui/models/timeline_model.h"
#include "gui/views/ledger_panel.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QPushButton>
#include <QTest>

namespace fusewire::gui {
namespace {

const QString samples = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/");

class TimelineModelTest : public ::testing::Test {
  protected:
    void follow(const char* name, const TimelineSubject& subject) {
        model.follow(CaptureInput((samples + name).toStdString()), subject, 0);
        ASSERT_TRUE(waitUntil([this] { return !model.isReading(); }));
    }
    QString cell(int row, int column) const { return model.index(row, column).data().toString(); }

    TimelineModel model;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

ConnId connOf(const char* name) {
    Viewer viewer;
    EXPECT_EQ(viewer.open(samples + name), QString());
    EXPECT_TRUE(waitUntil([&] { return viewer.judged() && viewer.judged()->complete; }));
    return ConnId{viewer.judged()->ledger.nodes().begin()->first.first};
}

TEST_F(TimelineModelTest, TellsTheHistoryOfANode) {
    follow("lookup-forget.pcapng", {connOf("lookup-forget.pcapng"), 2, {}});
    ASSERT_GT(model.rowCount(), 1);
    EXPECT_EQ(cell(0, TimelineModel::What), "introduced");
    EXPECT_EQ(cell(0, TimelineModel::Operation), "LOOKUP");
    EXPECT_EQ(cell(0, TimelineModel::References), "1");
    EXPECT_EQ(model.rowOfFrame(model.event(1).frame), 1);
    EXPECT_TRUE(model.summary(0).contains("introduced, LOOKUP"));
}

TEST_F(TimelineModelTest, ShowsAnotherSubject) {
    const ConnId conn = connOf("lookup-forget.pcapng");
    follow("lookup-forget.pcapng", {conn, 2, {}});
    const int rows = model.rowCount();
    follow("lookup-forget.pcapng", {conn, 1, {}});
    EXPECT_NE(model.rowCount(), rows);
    model.clear();
    EXPECT_EQ(model.rowCount(), 0);
    EXPECT_FALSE(model.subject());
}

TEST_F(TimelineModelTest, AFileThatIsGoneIsSaid) {
    follow("no-such.pcapng", {ConnId{1}, 2, {}});
    ASSERT_TRUE(model.timeline());
    EXPECT_FALSE(model.timeline()->error.isEmpty());
}

class PanelTest : public ::testing::Test {
  protected:
    void show(const char* name, QWidget* (*make)(Viewer&)) {
        ASSERT_EQ(viewer.open(samples + name), QString());
        ASSERT_TRUE(waitUntil([this] { return viewer.judged() && viewer.judged()->complete; }));
        panel.reset(static_cast<LedgerPanel*>(make(viewer)));
        panel->resize(1000, 700);
        panel->show();
        ASSERT_TRUE(waitUntil(
            [this] { return panel->model().isSettled() && panel->model().rowCount() > 0; }));
    }
    QTreeView* table() const { return panel->findChild<QTreeView*>(panel->objectName()); }
    template <class Widget>
    Widget* child(const char* name) const {
        return panel->findChild<Widget*>(name);
    }
    void settle() {
        ASSERT_TRUE(waitUntil([this] {
            return panel->model().isSettled() && !panel->timeline().model().isReading();
        }));
    }

    Viewer viewer;
    std::unique_ptr<LedgerPanel> panel;
};

TEST_F(PanelTest, SelectingANodeShowsItsTimeline) {
    show("lookup-forget.pcapng", makeNodePanel);
    auto* nodes = child<QTreeView>("nodes");
    nodes->setCurrentIndex(panel->model().index(1, 0));
    settle();
    TimelineModel& timeline = panel->timeline().model();
    EXPECT_EQ(timeline.subject(), panel->model().subjectAt(1));
    EXPECT_GT(timeline.rowCount(), 0);
}

TEST_F(PanelTest, AClickOnAnEventGoesToItsMessage) {
    show("lookup-forget.pcapng", makeNodePanel);
    child<QTreeView>("nodes")->setCurrentIndex(panel->model().index(1, 0));
    settle();
    TimelineModel& timeline = panel->timeline().model();
    auto* picture = child<TimelineView>("timeline");
    const int last = timeline.rowCount() - 1;
    const QPoint place = picture->placeOf(last);
    ASSERT_EQ(picture->eventAt(place), last);
    QTest::mouseClick(picture->viewport(), Qt::LeftButton, {}, place);
    EXPECT_EQ(viewer.document()->index()[viewer.currentRow()].frame, timeline.event(last).frame);
    EXPECT_EQ(child<QTreeView>("timelineEvents")->currentIndex().row(), last);
}

TEST_F(PanelTest, TheTableGoesThereToo) {
    show("lookup-forget.pcapng", makeNodePanel);
    child<QTreeView>("nodes")->setCurrentIndex(panel->model().index(1, 0));
    settle();
    auto* events = child<QTreeView>("timelineEvents");
    emit events->activated(panel->timeline().model().index(1, 0));
    EXPECT_EQ(viewer.document()->index()[viewer.currentRow()].frame,
              panel->timeline().model().event(1).frame);
}

TEST_F(PanelTest, ThePictureIsZoomedAndWalkedByKeys) {
    show("lookup-forget.pcapng", makeNodePanel);
    child<QTreeView>("nodes")->setCurrentIndex(panel->model().index(1, 0));
    settle();
    auto* picture = child<TimelineView>("timeline");
    auto* events = child<QTreeView>("timelineEvents");
    picture->setFocus();
    QTest::keyClick(picture, Qt::Key_Plus);
    EXPECT_GT(picture->zoom(), 1);
    QTest::keyClick(picture, Qt::Key_0);
    EXPECT_EQ(picture->zoom(), 1);
    QTest::keyClick(picture, Qt::Key_End);
    EXPECT_EQ(events->currentIndex().row(), panel->timeline().model().rowCount() - 1);
    QTest::keyClick(picture, Qt::Key_Left);
    EXPECT_EQ(events->currentIndex().row(), panel->timeline().model().rowCount() - 2);
}

TEST_F(PanelTest, AWheelKeepsWhatIsUnderIt) {
    show("lookup-forget.pcapng", makeNodePanel);
    child<QTreeView>("nodes")->setCurrentIndex(panel->model().index(1, 0));
    settle();
    auto* picture = child<TimelineView>("timeline");
    const QPoint before = picture->placeOf(1);
    picture->setZoom(8, before.x());
    EXPECT_NEAR(picture->placeOf(1).x(), before.x(), 2);
}

TEST_F(PanelTest, ShowsTheNodeOfTheCurrentMessage) {
    show("lookup-forget.pcapng", makeNodePanel);
    viewer.goToFrame(4);
    ASSERT_TRUE(waitUntil([this] {
        return viewer.currentMessage() != nullptr && viewer.currentMessage()->frame == 4;
    }));
    ASSERT_TRUE(viewer.currentMessage()->nodeid);
    QTest::mouseClick(child<QPushButton>("ofMessage"), Qt::LeftButton);
    settle();
    EXPECT_EQ(panel->timeline().model().subject()->nodeid, *viewer.currentMessage()->nodeid);
    EXPECT_TRUE(child<QTreeView>("nodes")->currentIndex().isValid());
}

TEST_F(PanelTest, WhatIsSelectedStaysSoWhileTheRowsAreFilteredAndSorted) {
    show("lookup-forget.pcapng", makeNodePanel);
    auto* nodes = child<QTreeView>("nodes");
    nodes->setCurrentIndex(panel->model().index(1, 0));
    const TimelineSubject subject = panel->model().subjectAt(1);
    nodes->sortByColumn(0, Qt::DescendingOrder);
    settle();
    EXPECT_EQ(panel->model().subjectAt(nodes->currentIndex().row()), subject);
    child<QLineEdit>("search")->setText("nothing has this text");
    settle();
    EXPECT_EQ(panel->model().rowCount(), 0);
    child<QLineEdit>("search")->clear();
    settle();
    EXPECT_EQ(panel->model().subjectAt(nodes->currentIndex().row()), subject);
}

TEST_F(PanelTest, AnFhandleHasATimelineToo) {
    show("lookup-handle-session.pcapng", makeFhandlePanel);
    child<QTreeView>("fhandles")->setCurrentIndex(panel->model().index(0, 0));
    settle();
    TimelineModel& timeline = panel->timeline().model();
    ASSERT_GT(timeline.rowCount(), 0);
    EXPECT_EQ(timeline.event(0).kind, TimelineKind::borne);
    EXPECT_EQ(timeline.headerData(TimelineModel::References, Qt::Horizontal), "Nodes");
    emit child<QTreeView>("fhandles")->activated(panel->model().index(0, 0));
    EXPECT_EQ(viewer.document()->index()[viewer.currentRow()].frame,
              panel->model().index(0, 0).data(LedgerFirstFrameRole).toULongLong());
}

TEST_F(PanelTest, AnotherCaptureLeavesNothingBehind) {
    show("lookup-forget.pcapng", makeNodePanel);
    child<QTreeView>("nodes")->setCurrentIndex(panel->model().index(1, 0));
    settle();
    ASSERT_EQ(viewer.open(samples + "xattr.pcapng"), QString());
    EXPECT_FALSE(panel->timeline().model().subject());
    ASSERT_TRUE(waitUntil([this] { return viewer.judged() && viewer.judged()->complete; }));
    settle();
    EXPECT_EQ(panel->model().total(), viewer.judged()->ledger.nodes().size());
}

TEST_F(PanelTest, EverythingAUserTouchesHasANameForScreenReaders) {
    show("lookup-forget.pcapng", makeNodePanel);
    for (const char* name : {"nodes", "timeline", "timelineEvents", "search"})
        EXPECT_FALSE(child<QWidget>(name)->accessibleName().isEmpty()) << name;
}

} // namespace
} // namespace fusewire::gui

// The viewer in a real window, used with a real mouse and keyboard. What they did is told by the state of
// the viewer, not by the picture.
#include "tests/gui/desktop/real_window.h"

#include <gtest/gtest.h>

#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>
#include <QTreeView>

namespace fusewire::gui {
namespace {

class Reading : public RealWindow {
  protected:
    void clickField(const QString& name, const QModelIndex& below = {}) {
        const QModelIndex field = find(name, below);
        ASSERT_TRUE(field.isValid()) << name.toStdString();
        click(*tree, field);
    }
    QModelIndex find(const QString& name, const QModelIndex& below) {
        const MessageTreeModel& fields = viewer.fields();
        for (int row = 0; row < fields.rowCount(below); ++row) {
            const QModelIndex here = fields.index(row, 0, below);
            if (here.data(FieldRole).toString() == name)
                return here;
            if (const QModelIndex deeper = find(name, here); deeper.isValid())
                return deeper;
        }
        return {};
    }
    void enterFilter(const QString& text) {
        Desktop::press("ctrl+slash");
        ASSERT_TRUE(waitUntil([this] { return filterBar->edit()->hasFocus(); }));
        Desktop::press("ctrl+a");
        Desktop::type(text);
        ASSERT_TRUE(waitUntil([&] { return filterBar->text() == text; }))
            << filterBar->text().toStdString();
        Desktop::press("Return");
    }
};

TEST_F(Reading, AClickOnARowShowsItsMessage) {
    open("lookup-forget.pcapng");
    clickRow(9);
    EXPECT_TRUE(showsRow(9));
    EXPECT_EQ(viewer.currentMessage()->frame, 10U);
    Desktop::press("Down");
    EXPECT_TRUE(showsRow(10));
    Desktop::press("ctrl+r");
    EXPECT_TRUE(showsRow(11));
}

TEST_F(Reading, AClickOnAFieldMarksItsBytesAndAClickOnAByteItsField) {
    open("lookup-handle-session.pcapng");
    clickRow(3);
    ASSERT_TRUE(showsRow(3));
    clickField("fuse.unique");
    EXPECT_TRUE(waitUntil([this] { return viewer.marked() == ByteRange{8, 8}; }));
    EXPECT_EQ(hex->markedOffset(), 8U);
    Desktop::takePicture("field");
    Desktop::click(*hex->viewport(), hex->rectOf(4).center());
    EXPECT_TRUE(waitUntil([this] { return viewer.marked() == ByteRange{4, 4}; }));
    EXPECT_EQ(tree->currentIndex().data(OffsetRole).toUInt(), 4U);
}

TEST_F(Reading, AWrongFilterTellsItsColumnAndARightOneSelects) {
    open("lookup-forget.pcapng");
    enterFilter("fuse.eror == 2");
    EXPECT_TRUE(filterBar->error().contains("fuse.error")) << filterBar->error().toStdString();
    EXPECT_TRUE(filterBar->error().contains("1"));
    EXPECT_EQ(viewer.messages().rowCount(), 20);
    Desktop::takePicture("wrong-filter");
    enterFilter("fuse.error == ENOENT");
    ASSERT_TRUE(waitUntil([this] { return viewer.messages().rowCount() == 1; }));
    EXPECT_EQ(viewer.messages().index(0, 0).data(FrameRole).toULongLong(), 10U);
}

TEST_F(Reading, AFindingLeadsToItsMessageAndBytes) {
    open("lookup-handle-session.pcapng");
    Desktop::press("alt+1");
    auto* findings = shown<QTreeView>("findings.list");
    ASSERT_NE(findings, nullptr);
    ASSERT_TRUE(waitUntil([&] { return viewer.judged() && viewer.judged()->complete; }));
    ASSERT_TRUE(waitUntil([&] { return findings->model()->rowCount() > 5; }));
    const QModelIndex worst = findings->model()->index(0, 0);
    EXPECT_TRUE(worst.data().toString().startsWith("handle-empty"));
    findings->expand(worst);
    click(*findings, findings->model()->index(0, 0, worst));
    EXPECT_TRUE(showsRow(17));
    EXPECT_TRUE(waitUntil([this] { return viewer.marked().width > 0; }));
    EXPECT_EQ(hex->markedOffset(), viewer.marked().offset);
    EXPECT_TRUE(tree->currentIndex().data(FieldRole).toString().contains("fhandle"))
        << tree->currentIndex().data(FieldRole).toString().toStdString();
    Desktop::press("alt+2");
    Desktop::press("alt+3");
    auto* compound = shown<QTreeView>("compoundTree");
    ASSERT_NE(compound, nullptr);
    // The compound itself, and its two operations.
    ASSERT_TRUE(waitUntil([&] { return compound->model()->rowCount() == 3; }));
    Desktop::press("alt+1");
    EXPECT_TRUE(waitUntil([&] { return findings->isVisible(); }));
    EXPECT_TRUE(list->viewport()->rect().contains(
        list->visualRect(viewer.messages().index(17, 0)).center()))
        << "the panels must not push the message out of sight";
    Desktop::takePicture("findings");
}

TEST_F(Reading, TheKeyboardGoesFromFindingToFinding) {
    open("lookup-handle-session.pcapng");
    ASSERT_TRUE(waitUntil([&] { return viewer.judged() && viewer.judged()->complete; }));
    Desktop::press("F8");
    EXPECT_TRUE(showsRow(17)) << "the first warning";
    Desktop::press("F8");
    EXPECT_TRUE(showsRow(30)) << viewer.currentRow();
    Desktop::press("shift+F8");
    EXPECT_TRUE(showsRow(17));
}

TEST_F(Reading, ANodeHasALife) {
    ASSERT_TRUE(window.openFile(sample("captures/live/bindfs.pcapng")));
    ASSERT_TRUE(waitUntil([this] { return viewer.judged() && viewer.judged()->complete; }));
    Desktop::press("alt+4");
    auto* nodes = shown<QTreeView>("nodes");
    ASSERT_NE(nodes, nullptr);
    ASSERT_TRUE(waitUntil([&] { return nodes->model()->rowCount() > 2; }));
    click(*nodes, nodes->model()->index(1, 0));
    EXPECT_GT(list->height(), 8 * list->fontMetrics().height()) << "the list is still to be seen";
    auto* events = shown<QTreeView>("timelineEvents");
    ASSERT_NE(events, nullptr);
    ASSERT_TRUE(waitUntil([&] { return events->model()->rowCount() > 0; }));
    const Row before = viewer.currentRow();
    click(*events, events->model()->index(events->model()->rowCount() - 1, 0));
    EXPECT_TRUE(waitUntil([&] { return viewer.currentRow() != before; }));
    Desktop::takePicture("nodes");
}

TEST_F(Reading, ARowOfTheStatisticsIsAFilter) {
    ASSERT_TRUE(window.openFile(sample("captures/live/sshfs.pcapng")));
    ASSERT_TRUE(waitUntil([this] { return viewer.document()->isIndexed(); }));
    Desktop::press("alt+8");
    auto* tabs = shown<QTabWidget>("statisticsTabs");
    ASSERT_NE(tabs, nullptr);
    auto* rows = tabs->currentWidget()->findChild<QTableView*>();
    if (rows == nullptr)
        rows = qobject_cast<QTableView*>(tabs->currentWidget());
    ASSERT_NE(rows, nullptr);
    ASSERT_TRUE(waitUntil([&] { return rows->model()->rowCount() > 3; }));
    const int all = viewer.messages().rowCount();
    tabs->setCurrentIndex(1);
    Desktop::takePicture("statistics");
    tabs->setCurrentIndex(0);
    ASSERT_TRUE(waitUntil([&] { return rows->isVisible() && rows->rowViewportPosition(1) > 0; }));
    click(*rows, rows->model()->index(1, 0));
    ASSERT_TRUE(waitUntil([&] { return rows->currentIndex().isValid(); }));
    const QString name = rows->currentIndex().siblingAtColumn(0).data().toString();
    Desktop::press("Return");
    ASSERT_TRUE(waitUntil([&] { return !viewer.filter().isEmpty() && !viewer.isFiltering(); }));
    EXPECT_TRUE(viewer.filter().contains(name)) << viewer.filter().toStdString();
    EXPECT_GT(viewer.messages().rowCount(), 0);
    EXPECT_LT(viewer.messages().rowCount(), all);
}

TEST_F(Reading, WhatIsNoCaptureIsSaidInTheWindow) {
    open("lookup-forget.pcapng");
    EXPECT_FALSE(window.openFile(sample("README.md")));
    auto* bar = shown<MessageBar>("messageBar");
    ASSERT_NE(bar, nullptr);
    EXPECT_TRUE(bar->text().contains("README.md")) << bar->text().toStdString();
    EXPECT_EQ(viewer.messages().rowCount(), 20) << "what was open stays";
    Desktop::takePicture("no-capture");
    auto* close = bar->findChild<QToolButton*>("messageClose");
    Desktop::click(*close, close->rect().center());
    EXPECT_TRUE(waitUntil([&] { return !bar->isVisible(); }));
}

// The program itself, as a user starts it.
TEST(Program, OpensTheFileItIsGivenAndFilters) {
    QProcess program;
    program.start(FUSEWIRE_GUI,
                  {FUSEWIRE_SAMPLES_FOLDER "/lookup-forget.pcapng", "-Y", "fuse.error == ENOENT"});
    ASSERT_TRUE(program.waitForStarted());
    QProcess search;
    search.start("xdotool",
                 {"search", "--sync", "--onlyvisible", "--name", "lookup-forget.pcapng"});
    EXPECT_TRUE(waitUntil([&] { return search.state() == QProcess::NotRunning; }));
    EXPECT_EQ(search.exitCode(), 0);
    Desktop::takePicture("program");
    program.terminate();
    EXPECT_TRUE(program.waitForFinished());
}

// Also without a display.
TEST(Program, ItsManualPageHasEveryOption) {
    QProcess program;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove("DISPLAY");
    program.setProcessEnvironment(environment);
    program.start(FUSEWIRE_GUI, {"--help"});
    ASSERT_TRUE(program.waitForFinished());
    EXPECT_EQ(program.exitCode(), 0);
    const QString help = QString::fromUtf8(program.readAllStandardOutput());
    QFile file(FUSEWIRE_SOURCE_FOLDER "/packaging/man/fusewire-gui.1");
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    const QString page = QString::fromUtf8(file.readAll()).remove('\\');
    int options = 0;
    const QRegularExpression option("^  (-[^ ,]+)(?:, (--[^ ,]+))?",
                                    QRegularExpression::MultilineOption);
    for (const auto& match : option.globalMatch(help)) {
        EXPECT_TRUE(page.contains("fB" + match.captured(1)) || page.contains(match.captured(2)))
            << match.captured(0).toStdString();
        ++options;
    }
    EXPECT_GE(options, 5) << help.toStdString();
}

} // namespace
} // namespace fusewire::gui

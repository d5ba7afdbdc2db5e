// The main window without a display: list, tree and bytes in step.
#include "gui/models/capture_properties.h"
#include "gui/views/main_window.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QDockWidget>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QStatusBar>
#include <QTemporaryDir>

namespace fusewire::gui {
namespace {

const QString samples = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/");

class Window : public ::testing::Test {
  protected:
    void open(const char* name) {
        ASSERT_TRUE(window.openFile(samples + name));
        ASSERT_TRUE(waitUntil([this] { return viewer.currentMessage() != nullptr; }));
    }
    // Makes a row current, and waits until it is there.
    void select(Row row) {
        viewer.setCurrentRow(row);
        ASSERT_TRUE(waitUntil(
            [&] { return viewer.currentMessage() && viewer.currentMessage()->row == row; }));
    }

    MainWindow window;
    Viewer& viewer = window.viewer();
    MessageListView* list = window.findChild<MessageListView*>("messages");
    FieldTreeView* tree = window.findChild<FieldTreeView*>();
    HexView* hex = window.findChild<HexView*>("bytes");
};

TEST_F(Window, ShowsTheFirstMessageOfACapture) {
    open("lookup-forget.pcapng");
    EXPECT_EQ(list->currentIndex().row(), 0);
    EXPECT_EQ(viewer.currentMessage()->frame, 1U);
}

TEST_F(Window, AByteMarksItsFieldAndAFieldItsBytes) {
    open("lookup-forget.pcapng");
    select(3);
    emit hex->byteClicked(8);
    EXPECT_EQ(tree->currentIndex().data(FieldRole).toString(), "fuse.unique");
    EXPECT_EQ(viewer.marked(), (ByteRange{8, 8}));
    EXPECT_EQ(hex->markedOffset(), 8U);
    tree->setCurrentIndex(viewer.fields().fieldAt(4));
    EXPECT_EQ(hex->markedOffset(), 4U);
    EXPECT_EQ(hex->markedWidth(), 4U);
}

TEST_F(Window, GoesFromARequestToItsReply) {
    open("lookup-forget.pcapng");
    select(14);
    viewer.goToPartner();
    EXPECT_EQ(list->currentIndex().row(), 17);
}

TEST_F(Window, KeepsTheMessageThatAFilterHides) {
    open("lookup-forget.pcapng");
    select(14);
    window.setFilter("fuse.error == ENOENT");
    ASSERT_TRUE(waitUntil([this] { return !viewer.isFiltering(); }));
    EXPECT_EQ(viewer.messages().rowCount(), 1);
    EXPECT_EQ(viewer.currentRow(), 14U);
    const auto* counts = window.findChild<QLabel*>("counts");
    EXPECT_TRUE(counts->text().contains("message 15, ")) << counts->text().toStdString();
    window.setFilter("");
    EXPECT_EQ(counts->text(), "20 messages");
    EXPECT_EQ(viewer.messages().rowCount(), 20);
    EXPECT_EQ(list->currentIndex().row(), 14);
}

TEST_F(Window, TimesAreReadWholeInEveryFormat) {
    window.resize(1200, 800);
    window.show();
    open("lookup-forget.pcapng");
    TimeFormat format;
    format.from = TimeFrom::utc;
    viewer.messages().setTimeFormat(format);
    const QModelIndex time = viewer.messages().index(0, 1);
    EXPECT_GT(list->header()->sectionSize(1),
              list->fontMetrics().horizontalAdvance(time.data().toString()));
}

TEST_F(Window, TheFrameLeadsToTheRequest) {
    open("lookup-forget.pcapng");
    select(3);
    EXPECT_FALSE(tree->isExpanded(viewer.fields().index(0, 0)));
    const QModelIndexList found =
        viewer.fields().match(viewer.fields().index(0, 0), FieldRole, "fuse.request_frame", 1,
                              Qt::MatchExactly | Qt::MatchRecursive);
    ASSERT_FALSE(found.isEmpty());
    emit tree->activated(found.first());
    EXPECT_EQ(viewer.currentRow(), 2U);
}

TEST_F(Window, AFieldBecomesAColumn) {
    open("lookup-forget.pcapng");
    emit viewer.columnWanted("fuse.pid");
    const auto& columns = viewer.messages().columns();
    EXPECT_EQ(columns[columns.size() - 2].field, "fuse.pid");
}

TEST_F(Window, AnOperationThatFailedSaysSoBesideItsName) {
    open("lookup-handle-session.pcapng");
    select(7);
    const QModelIndexList found =
        tree->model()->match(tree->model()->index(0, 0), Qt::DisplayRole, "Operation LOOKUP_HANDLE",
                             1, Qt::MatchRecursive);
    ASSERT_EQ(found.size(), 1);
    EXPECT_EQ(found.front().siblingAtColumn(1).data().toString(), "ENOENT");
}

TEST_F(Window, TellsWhatTheCaptureIsAndWhatItCouldNotSee) {
    open("captures/live/bindfs.pcapng");
    ASSERT_TRUE(waitUntil([this] { return viewer.judged() && viewer.judged()->complete; }));
    const QString text = captureProperties(viewer);
    for (const char* line : {"Messages: 190\n", "Lost: 0\n", "connection 39: ", "source ",
                             "tier tp, cannot see FORGET"})
        EXPECT_TRUE(text.contains(line)) << line << " is not in\n" << text.toStdString();
    window.show();
    auto* nodes = window.findChild<QDockWidget*>("nodeLedger");
    nodes->show();
    ASSERT_TRUE(waitUntil([&] { return nodes->findChild<QLabel*>("unseen") != nullptr; }));
    EXPECT_TRUE(nodes->findChild<QLabel*>("unseen")->text().contains(blindSpots(viewer)));
    EXPECT_FALSE(nodes->findChild<QLabel*>("unseen")->isHidden());
    open("lookup-forget.pcapng");
    EXPECT_TRUE(nodes->findChild<QLabel*>("unseen")->isHidden());
}

TEST_F(Window, SaysWhatAFilterThatSelectsNothingMayHaveMeant) {
    open("lookup-handle-session.pcapng");
    ASSERT_TRUE(viewer.setFilter("fuse.error == ENOENT"));
    const auto* bar = window.findChild<QStatusBar*>();
    EXPECT_TRUE(waitUntil([&] { return bar->currentMessage().contains("fuse.sub.error"); }))
        << bar->currentMessage().toStdString();
    EXPECT_EQ(viewer.messages().rowCount(), 0);
}

TEST_F(Window, ForgetsWhatADroppedFilterFound) {
    open("lookup-forget.pcapng");
    for (int i = 0; i < 50; ++i) {
        window.setFilter("fuse.unique > 0");
        if (i % 2 == 0)
            viewer.cancelFilter();
        window.setFilter("fuse.error == ENOENT");
    }
    ASSERT_TRUE(waitUntil([this] { return !viewer.isFiltering(); }));
    EXPECT_EQ(viewer.messages().rowCount(), 1);
}

TEST_F(Window, SaysInPassingWhatWasDoneAndUntilItIsClosedWhatFailed) {
    open("lookup-forget.pcapng");
    select(18);
    viewer.goToPartner();
    EXPECT_TRUE(window.statusBar()->currentMessage().contains("no request or reply"));
    auto* bar = window.findChild<MessageBar*>("messageBar");
    EXPECT_EQ(bar->text(), "");
    emit viewer.failed("no space left on the device");
    EXPECT_EQ(bar->text(), "no space left on the device");
}

TEST_F(Window, SaysThatTheFileShrankUnderIt) {
    QTemporaryDir folder;
    const QString copy = folder.filePath("x.pcapng");
    ASSERT_TRUE(QFile::copy(samples + "captures/live/bindfs.pcapng", copy));
    ASSERT_TRUE(window.openFile(copy));
    ASSERT_TRUE(waitUntil([this] { return viewer.document()->isIndexed(); }));
    QFile::resize(copy, 4096);
    viewer.setCurrentRow(150);
    auto* bar = window.findChild<MessageBar*>("messageBar");
    EXPECT_TRUE(waitUntil([&] { return bar->text().contains("x.pcapng"); }))
        << bar->text().toStdString();
    EXPECT_EQ(viewer.messages().rowCount(), 190) << "what is known of the rows stays";
}

TEST_F(Window, JudgesWhatItShows) {
    open("lookup-handle-session.pcapng");
    ASSERT_TRUE(waitUntil([this] { return viewer.judged() && viewer.judged()->complete; }));
    EXPECT_EQ(viewer.judged()->worstAt(18), Severity::warn);
    viewer.goToFrame(18, 56);
    ASSERT_TRUE(waitUntil([this] { return viewer.marked().width != 0; }));
    EXPECT_EQ(viewer.currentRow(), 17U);
}

TEST_F(Window, NamesAFindingThatCameAgain) {
    open("ioctl-poll.pcapng");
    ASSERT_TRUE(waitUntil([this] { return viewer.judged() && viewer.judged()->complete; }));
    const int info = viewer.messages().columnCount() - 1;
    const auto text = [&] { return viewer.messages().index(4, info).data().toString(); };
    EXPECT_TRUE(waitUntil([&] { return text().endsWith("cmd=FS_IOC_SETFLAGS [fh-unknown]"); }))
        << text().toStdString();
}

TEST_F(Window, KeepsFieldsOpenFromMessageToMessage) {
    open("lookup-forget.pcapng");
    select(3);
    const auto attributes = [this] {
        QModelIndex field = viewer.fields().fieldAt(16 + 40);
        while (field.parent().parent().isValid())
            field = field.parent();
        return field;
    };
    ASSERT_TRUE(viewer.fields().hasChildren(attributes()));
    tree->collapse(attributes());
    select(4);
    select(5);
    EXPECT_FALSE(tree->isExpanded(attributes()));
    tree->expand(attributes());
    select(3);
    EXPECT_TRUE(tree->isExpanded(attributes()));
}

TEST_F(Window, SaysWhatTheConnectionSpeaks) {
    open("lookup-handle-session.pcapng");
    for (const int row : {0, 3}) { // the request of INIT, too
        select(row);
        EXPECT_EQ(window.findChild<QLabel*>("dialect")->text(),
                  "connection 61: lookup-handle-v3, 7.46")
            << window.findChild<QLabel*>("dialect")->text().toStdString();
    }
}

TEST_F(Window, NamesOfFieldsAreNotCutUntilTheUserSetsTheirWidth) {
    window.resize(1200, 800);
    window.show();
    open("lookup-handle-session.pcapng");
    select(3);
    const QString name = "Operation LOOKUP_HANDLE";
    const QModelIndexList found = tree->model()->match(tree->model()->index(0, 0), Qt::DisplayRole,
                                                       name, 1, Qt::MatchRecursive);
    ASSERT_EQ(found.size(), 1);
    const int wanted = tree->fontMetrics().horizontalAdvance(name);
    EXPECT_GT(tree->visualRect(found.front()).width(), wanted);
    tree->header()->resizeSection(0, wanted / 2);
    select(5);
    EXPECT_EQ(tree->header()->sectionSize(0), wanted / 2);
}

} // namespace
} // namespace fusewire::gui

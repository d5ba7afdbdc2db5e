// The list of messages as a user meets it: clicks, keys, the header, and what it says beside the rows.
#include "gui/views/columns_dialog.h"
#include "gui/views/hex_view.h"
#include "gui/views/message_list_view.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QDialogButtonBox>
#include <QFontInfo>
#include <QImage>
#include <QPushButton>
#include <QScrollBar>
#include <QTest>
#include <QWheelEvent>

namespace fusewire::gui {
namespace {

const QString samples = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/");

class List : public ::testing::Test {
  protected:
    void SetUp() override { show("lookup-forget.pcapng"); }
    void show(const char* name) {
        auto opened = CaptureDocument::open(samples + name);
        ASSERT_TRUE(opened);
        document = std::move(*opened);
        ASSERT_TRUE(waitUntil([this] { return document->isIndexed(); }));
        model.setDocument(document);
        view.setModel(&model);
        view.resize(900, 240); // less than the rows take
        view.show();
        QCoreApplication::processEvents();
    }
    QPoint middleOf(int row) const { return view.visualRect(model.index(row, 1)).center(); }
    void click(int row, Qt::KeyboardModifiers modifiers = {}) {
        QTest::mouseClick(view.viewport(), Qt::LeftButton, modifiers, middleOf(row));
    }
    std::vector<int> selected() const {
        std::vector<int> rows;
        for (const QModelIndex& index : view.selectionModel()->selectedRows())
            rows.push_back(index.row());
        std::ranges::sort(rows);
        return rows;
    }
    int column(const char* field) const {
        const auto found = std::ranges::find(model.columns(), field, &Column::field);
        return static_cast<int>(found - model.columns().begin());
    }
    void clickHeader(int column) {
        const int x = view.header()->sectionViewportPosition(column) + 8;
        QTest::mouseClick(view.header()->viewport(), Qt::LeftButton, {}, {x, 8});
        ASSERT_TRUE(waitUntil([this] { return !model.isSorting(); }));
    }

    std::shared_ptr<CaptureDocument> document;
    MessageListModel model{defaultColumns()};
    MessageListView view;
};

TEST_F(List, AClickMakesItsRowCurrent) {
    click(3);
    EXPECT_EQ(view.currentIndex().row(), 3);
    EXPECT_EQ(selected(), std::vector<int>({3}));
}

TEST_F(List, ShiftAndControlSelectMore) {
    click(2);
    click(5, Qt::ShiftModifier);
    EXPECT_EQ(selected(), std::vector<int>({2, 3, 4, 5}));
    click(3, Qt::ControlModifier);
    EXPECT_EQ(selected(), std::vector<int>({2, 4, 5}));
}

TEST_F(List, ADragSelectsWhatItTouches) {
    QTest::mousePress(view.viewport(), Qt::LeftButton, {}, middleOf(1));
    QTest::mouseMove(view.viewport(), middleOf(2));
    QTest::mouseMove(view.viewport(), middleOf(4));
    QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, middleOf(4));
    EXPECT_EQ(selected(), std::vector<int>({1, 2, 3, 4}));
}

TEST_F(List, KeysWalkAndScroll) {
    click(0);
    QTest::keyClick(&view, Qt::Key_Down);
    EXPECT_EQ(view.currentIndex().row(), 1);
    QTest::keyClick(&view, Qt::Key_End);
    EXPECT_EQ(view.currentIndex().row(), 19);
    EXPECT_TRUE(view.viewport()->rect().contains(middleOf(19)));
    QTest::keyClick(&view, Qt::Key_PageUp);
    EXPECT_LT(view.currentIndex().row(), 19);
    QTest::keyClick(&view, Qt::Key_Home);
    EXPECT_EQ(view.currentIndex().row(), 0);
    QTest::keyClick(&view, Qt::Key_Down, Qt::ShiftModifier);
    EXPECT_EQ(selected(), std::vector<int>({0, 1}));
}

TEST_F(List, TheWheelScrolls) {
    const QPoint at = view.viewport()->rect().center();
    QWheelEvent wheel(at, view.viewport()->mapToGlobal(at), {}, {0, -120}, Qt::NoButton, {},
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(view.viewport(), &wheel);
    EXPECT_GT(view.verticalScrollBar()->value(), 0);
}

TEST_F(List, AClickOnATitleSortsUpThenDownThenAsCaptured) {
    const int length = column("fuse.length");
    clickHeader(length);
    EXPECT_EQ(model.sortColumn(), length);
    EXPECT_EQ(model.sortOrder(), Qt::AscendingOrder);
    clickHeader(length);
    EXPECT_EQ(model.sortOrder(), Qt::DescendingOrder);
    EXPECT_NE(model.indexRow(0), 0U);
    clickHeader(length);
    EXPECT_EQ(model.sortColumn(), -1);
    EXPECT_EQ(model.indexRow(0), 0U);
}

TEST_F(List, WhatTheHeaderShowsIsInTheModel) {
    const int length = column("fuse.length");
    view.header()->resizeSection(length, 20 * view.header()->characterWidth());
    EXPECT_EQ(model.columns()[static_cast<std::size_t>(length)].width, 20);
    view.header()->moveSection(length, 0);
    ASSERT_TRUE(waitUntil([this] { return model.columns().front().field == "fuse.length"; }));
    EXPECT_EQ(view.header()->visualIndex(0), 0);
    EXPECT_EQ(view.header()->sectionSize(0), 20 * view.header()->characterWidth());
}

TEST_F(List, AFieldBecomesAColumn) {
    const int before = model.columnCount();
    EXPECT_TRUE(model.addFieldColumn("fuse.request.name"));
    EXPECT_EQ(model.columnCount(), before + 1);
    EXPECT_EQ(view.header()->count(), before + 1);
    EXPECT_EQ(model.columns().back().kind, ColumnKind::info);
    EXPECT_FALSE(model.addFieldColumn("fuse.no such"));
    const int name = column("fuse.request.name");
    const auto text = [&] { return model.index(2, name).data().toString(); };
    EXPECT_TRUE(waitUntil([&] { return text() == "docs"; }));
}

TEST_F(List, AHiddenColumnComesBack) {
    auto columns = model.columns();
    columns[0].hidden = true;
    model.setColumns(columns);
    EXPECT_TRUE(view.header()->isSectionHidden(0));
    EXPECT_TRUE(model.addFieldColumn("frame.number"));
    EXPECT_FALSE(view.header()->isSectionHidden(0));
    EXPECT_EQ(model.columns(), defaultColumns());
}

TEST_F(List, SaysWhereThePartnerIsAndHowLongItTook) {
    click(2);
    EXPECT_EQ(view.partnerNote(), "reply, 85 µs later");
    view.setCurrentIndex(model.index(3, 0));
    EXPECT_EQ(view.partnerNote(), "request, 85 µs before");
    view.setCurrentIndex(model.index(14, 0));
    view.scrollTo(model.index(14, 0), QAbstractItemView::PositionAtBottom);
    EXPECT_TRUE(view.partnerNote().startsWith("▼ reply 3 down"))
        << view.partnerNote().toStdString();
    model.setRows(std::vector<Row>{14, 18});
    view.setCurrentIndex(model.index(0, 0));
    EXPECT_TRUE(view.partnerNote().startsWith("reply, frame 18, is not listed"));
    view.setCurrentIndex(model.index(1, 0));
    EXPECT_EQ(view.partnerNote(), "");
}

TEST_F(List, TheNoteOfTheBracketCoversNoText) {
    click(2);
    view.resize(2000, 400);
    QCoreApplication::processEvents();
    EXPECT_EQ(view.noteRect().center().y() / view.visualRect(model.index(0, 0)).height(), 3);
    const QModelIndex info = model.index(3, view.header()->logicalIndex(model.columnCount() - 1));
    ASSERT_TRUE(waitUntil([&] { return !info.data().toString().isEmpty(); }));
    const QRect cell = view.visualRect(info);
    view.resize(cell.left() + view.fontMetrics().horizontalAdvance(info.data().toString()), 400);
    QCoreApplication::processEvents();
    EXPECT_TRUE(view.noteRect().isEmpty());
}

TEST_F(List, PaintsASignForAFinding) {
    show("lookup-handle-session.pcapng");
    std::shared_ptr<const JudgedCapture> judged;
    Judge judge(document->input());
    QObject::connect(&judge, &Judge::judged, &model,
                     [&](const JudgedPtr& found) { judged = found; });
    judge.start();
    ASSERT_TRUE(waitUntil([&] { return judged && judged->complete; }));
    view.scrollTo(model.index(17, 0), QAbstractItemView::PositionAtTop);
    const auto picture = [&] {
        return view.viewport()
            ->grab(view.signRect(17))
            .toImage()
            .convertToFormat(QImage::Format_RGB32);
    };
    const QImage before = picture();
    EXPECT_EQ(model.index(17, 0).data(SeverityRole), -1);
    model.setJudged(judged);
    EXPECT_EQ(model.index(17, 0).data(SeverityRole), static_cast<int>(Severity::warn));
    EXPECT_TRUE(model.index(17, 0).data(FindingsRole).toString().contains("warn: handle-empty"));
    EXPECT_NE(picture(), before);
}

TEST_F(List, TellsReadersOfTheScreenTheCurrentRow) {
    click(2);
    EXPECT_TRUE(waitUntil([this] { return view.accessibleDescription().contains("LOOKUP"); }));
    EXPECT_TRUE(view.accessibleDescription().contains("reply, 85 µs later"));
}

TEST_F(List, ColumnsGrowWithTheText) {
    const int before = view.header()->sectionSize(0);
    QFont larger = view.font();
    larger.setPointSize(2 * QFontInfo(larger).pointSize());
    view.setFont(larger);
    EXPECT_GT(view.header()->sectionSize(0), before + before / 2);
    EXPECT_EQ(model.columns(), defaultColumns());
}

TEST(HexViewTest, ShowsAsManyBytesALineAsFit) {
    HexView view;
    view.setBytes(QByteArray(200, 'x'));
    view.show();
    const int character = view.fontMetrics().horizontalAdvance('0');
    std::vector<int> found;
    for (const int columns : {20, 60, 100, 200}) {
        view.resize(columns * character, 300);
        QCoreApplication::processEvents();
        found.push_back(view.lineBytes());
        for (const std::uint32_t offset : {0u, 9u, 77u})
            EXPECT_EQ(view.byteAt(view.rectOf(offset).center()), static_cast<int>(offset));
    }
    EXPECT_EQ(found, std::vector<int>({8, 8, 16, 32}));
}

TEST(HexViewTest, SaysWhichBytesAreMarked) {
    HexView view;
    view.setBytes(QByteArray::fromHex("0001fe"));
    view.mark(1, 2);
    EXPECT_EQ(view.accessibleDescription(), "2 bytes from 1: 01 fe");
    view.mark(9, 1);
    EXPECT_EQ(view.accessibleDescription(), "");
}

TEST(ColumnsDialogTest, RefusesWhatIsNoField) {
    ColumnsDialog dialog(defaultColumns());
    EXPECT_EQ(dialog.columns(), defaultColumns());
    auto* table = dialog.findChild<QTableWidget*>("columnTable");
    auto* accept = dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok);
    table->item(0, 1)->setText("fuse.nothing");
    EXPECT_EQ(dialog.error(), "row 1: no field is called \"fuse.nothing\"");
    EXPECT_FALSE(accept->isEnabled());
    table->item(0, 1)->setText("fuse.pid");
    EXPECT_TRUE(accept->isEnabled());
    EXPECT_EQ(dialog.columns().front().field, "fuse.pid");
    EXPECT_EQ(dialog.columns().front().title, "No.");
}

TEST(ColumnsDialogTest, AddsMovesAndRemoves) {
    ColumnsDialog dialog(defaultColumns());
    auto* table = dialog.findChild<QTableWidget*>("columnTable");
    table->selectRow(0);
    dialog.findChild<QPushButton*>("moveRowDown")->click();
    EXPECT_EQ(dialog.columns()[1], defaultColumns()[0]);
    dialog.findChild<QPushButton*>("removeRow")->click();
    EXPECT_EQ(dialog.columns().size(), defaultColumns().size() - 1);
    dialog.findChild<QPushButton*>("addRow")->click();
    EXPECT_FALSE(dialog.error().isEmpty());
}

} // namespace
} // namespace fusewire::gui

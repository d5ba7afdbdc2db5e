// The statx view: the words of `read -V` in a table, and the way to the bytes and to what was known.
#include "gui/views/statx_panel.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QPushButton>
#include <QTest>

namespace fusewire::gui {
namespace {

const QString samples = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/");

class Statx : public ::testing::Test {
  protected:
    void open(const QString& name, Row row) {
        judged.setNeeded(&viewer, true);
        ASSERT_EQ(viewer.open(samples + name), "");
        ASSERT_TRUE(waitUntil([this] { return viewer.document()->isIndexed(); }));
        select(row);
    }
    void select(Row row) {
        viewer.setCurrentRow(row);
        ASSERT_TRUE(waitUntil([&] {
            return judged.message() && judged.message()->row == row && !judged.awaitsReply();
        }));
    }
    // A field of the first STATX, as `read -V` prints it.
    QString line(const QString& field) const {
        const QModelIndex statx = model.index(0, 0);
        for (int row = 0; row < model.rowCount(statx); ++row) {
            QStringList cells;
            for (int column = 0; column < StatxModel::column_count; ++column)
                cells << model.index(row, column, statx).data().toString();
            if (cells[0] == field)
                return cells.join('|');
        }
        return {};
    }

    Viewer viewer;
    JudgedCurrent& judged = viewer.judgedCurrent();
    StatxModel model{viewer};
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(Statx, SaysOfEachFieldWhatBecomesOfIt) {
    open("lookup-handle-session.pcapng", 3);
    ASSERT_EQ(model.rowCount(), 1);
    EXPECT_EQ(model.index(0, 0).data(), "Operation 1, nodeid 2");
    EXPECT_EQ(line("mode"), "mode|0755|requested|answered|kept||");
    EXPECT_EQ(line("attributes"), "attributes|0x0|||ignored||");
}

TEST_F(Statx, IsThatOfTheReplyForARequestToo) {
    open("lookup-handle-session.pcapng", 2);
    EXPECT_EQ(model.index(0, 0).data(), "Operation 1, nodeid 2");
    EXPECT_EQ(model.index(0, 0).data(StatxFrameRole), 4);
    select(0);
    EXPECT_EQ(model.rowCount(), 0);
}

TEST_F(Statx, LeadsToItsBytes) {
    open("lookup-handle-session.pcapng", 3);
    const QModelIndex size = model.index(6, StatxModel::value, model.index(0, 0));
    const auto offset = size.data(StatxOffsetRole).toUInt();
    viewer.goToFrame(size.data(StatxFrameRole).toULongLong(), offset);
    ASSERT_TRUE(waitUntil([&] { return viewer.marked().width != 0; }));
    EXPECT_EQ(viewer.marked().offset, offset);
    EXPECT_EQ(viewer.currentRow(), 3U);
}

TEST(StatxPanelTest, SaysWhenThereIsNoneAndGoesToTheNext) {
    Viewer viewer;
    StatxPanel panel(viewer);
    panel.show();
    ASSERT_EQ(viewer.open(samples + "lookup-handle-session.pcapng"), "");
    auto* state = panel.findChild<QLabel*>("statxState");
    ASSERT_TRUE(waitUntil([&] { return viewer.judgedCurrent().message() != nullptr; }));
    EXPECT_TRUE(state->text().contains("neither asks for a statx nor answers one"));
    panel.findChild<QPushButton*>("statxNext")->click();
    auto* table = panel.findChild<QTreeView*>("statxTable");
    ASSERT_TRUE(waitUntil([&] { return table->model()->rowCount() == 1; }));
    EXPECT_EQ(viewer.currentRow(), 3U);
    EXPECT_TRUE(table->isVisible());
    EXPECT_EQ(state->text(), "");
}

} // namespace
} // namespace fusewire::gui

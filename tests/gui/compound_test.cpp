// The compound view: operations of request and reply side by side, in every dialect that has compounds.
#include "gui/views/compound_panel.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QPushButton>
#include <QTest>

namespace fusewire::gui {
namespace {

const QString samples = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/");

class Compound : public ::testing::Test {
  protected:
    void open(const QString& name) {
        judged.setNeeded(&viewer, true);
        model.setNeeded(true);
        ASSERT_EQ(viewer.open(samples + name), "");
        ASSERT_TRUE(waitUntil([this] {
            return viewer.document()->isIndexed() && viewer.judged() && viewer.judged()->complete;
        }));
    }
    void select(Row row) {
        viewer.setCurrentRow(row);
        ASSERT_TRUE(waitUntil([&] {
            return model.exchange() && model.exchange()->holds(row) && judged.message() &&
                   judged.message()->row == row && !judged.awaitsReply();
        }));
    }
    QStringList cells(const QModelIndex& row) const {
        QStringList texts;
        for (int column = 0; column < CompoundModel::column_count; ++column)
            texts << row.siblingAtColumn(column).data().toString();
        return texts;
    }

    Viewer viewer;
    JudgedCurrent& judged = viewer.judgedCurrent();
    CompoundModel model{viewer};
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(Compound, ShowsEachOperationRequestAgainstReply) {
    open("lookup-handle-session.pcapng");
    select(2);
    ASSERT_EQ(model.rowCount(), 3);
    EXPECT_EQ(cells(model.index(0, 0))[0], "COMPOUND");
    EXPECT_EQ(cells(model.index(0, 0))[4], "accepted, taken as it is");
    EXPECT_EQ(cells(model.index(1, 0)),
              QStringList({"0 LOOKUP_HANDLE", "1 \"docs\"", "",
                           "ok nodeid=2 generation=1 handle=a0a1a2a3a4a5a6a7", ""}));
    EXPECT_EQ(cells(model.index(2, 0)).mid(0, 4),
              QStringList({"1 STATX", "1", "", "ok mode=040755 ino=2 size=4096"}));
    EXPECT_TRUE(cells(model.index(2, 0))[4].contains("kept"));
}

TEST_F(Compound, HasTheFieldsOfBothSides) {
    open("lookup-handle-session.pcapng");
    select(3);
    const QModelIndex lookup = model.index(1, 0);
    EXPECT_EQ(cells(model.index(0, 0, lookup)), QStringList({"Header", "", "Header", "", ""}));
    EXPECT_EQ(cells(model.index(1, 0, lookup)),
              QStringList({"  Length", "45", "  Length", "66", ""}));
    const QModelIndex node = model.index(5, CompoundModel::reply_value, lookup);
    EXPECT_EQ(cells(node)[2], "  nodeid");
    EXPECT_EQ(node.data(CompoundFrameRole), 4);
    EXPECT_EQ(node.data(CompoundWidthRole), 8);
}

TEST_F(Compound, StaysBetweenARequestAndItsReply) {
    open("lookup-handle-session.pcapng");
    select(2);
    const QPersistentModelIndex lookup = model.index(1, 0);
    select(3);
    EXPECT_TRUE(lookup.isValid());
    select(4);
    EXPECT_FALSE(lookup.isValid());
}

TEST_F(Compound, MarksWhatFindingsAreAbout) {
    open("lookup-handle-session.pcapng");
    select(17);
    const QModelIndex lookup = model.index(1, CompoundModel::kernel);
    EXPECT_TRUE(lookup.data().toString().contains("handle-empty"));
    EXPECT_EQ(lookup.data(CompoundSeverityRole), static_cast<int>(Severity::warn));
}

TEST_F(Compound, IsThereInEveryDialectThatHasCompounds) {
    for (const char* name : {"compound-rfc.pcapng", "compound-v4.pcapng", "compound-v5.pcapng",
                             "compound-v6.pcapng", "compound-v7.pcapng", "compound-broken.pcapng",
                             "lookup-handle-on-v6.pcapng", "lookup-handle-on-v7.pcapng"}) {
        open(name);
        int compounds = 0;
        for (Row row = 0; row < viewer.document()->rows(); ++row) {
            if (viewer.document()->index()[row].kind != MessageKind::reply)
                continue;
            select(row);
            compounds += model.isCompound() ? 1 : 0;
        }
        EXPECT_GT(compounds, 0) << name;
    }
}

TEST(CompoundPanelTest, GoesToTheNextCompoundAndToTheBytesOfAField) {
    Viewer viewer;
    CompoundPanel panel(viewer);
    panel.show();
    ASSERT_EQ(viewer.open(samples + "lookup-handle-session.pcapng"), "");
    auto* state = panel.findChild<QLabel*>("compoundState");
    auto* tree = panel.findChild<QTreeView*>("compoundTree");
    EXPECT_EQ(state->text(), "the current message is no compound");
    panel.findChild<QPushButton*>("compoundNext")->click();
    ASSERT_TRUE(waitUntil([&] { return tree->model()->rowCount() == 3; }));
    EXPECT_EQ(viewer.currentRow(), 2U);
    EXPECT_EQ(state->text(), "");
    tree->expandAll();
    const QModelIndex lookup = tree->model()->index(1, 0);
    const QModelIndex node = tree->model()->index(5, CompoundModel::reply_value, lookup);
    emit tree->clicked(node);
    ASSERT_TRUE(waitUntil([&] { return viewer.marked().width != 0; }));
    EXPECT_EQ(viewer.currentRow(), 3U);
    EXPECT_EQ(viewer.marked(), (ByteRange{node.data(CompoundOffsetRole).toUInt(), 8}));
    EXPECT_TRUE(tree->isExpanded(lookup));
}

} // namespace
} // namespace fusewire::gui

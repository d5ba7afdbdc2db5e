// The ledgers of nodes and fhandles as tables: what they count, how they are filtered, and that what is
// selected stays so.
#include "gui/models/ledger_model.h"
#include "gui/models/viewer.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>

namespace fusewire::gui {
namespace {

const QString samples = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/");

class LedgerTest : public ::testing::Test {
  protected:
    void show(const char* name) {
        ASSERT_EQ(viewer.open(samples + name), QString());
        ASSERT_TRUE(waitUntil([this] { return viewer.judged() && viewer.judged()->complete; }));
        follower.setCapture(viewer.document()->capture());
        follower.setEnabled(true);
        QObject::connect(&follower, &FilterFollower::changed, &nodes, [this] {
            nodes.setShown(follower.shown());
            fhandles.setShown(follower.shown());
        });
        nodes.setJudged(viewer.judged());
        fhandles.setJudged(viewer.judged());
        settle();
    }
    void settle() {
        ASSERT_TRUE(waitUntil([this] { return nodes.isSettled() && fhandles.isSettled(); }));
    }
    static int column(const LedgerModel& model, const char* title) {
        for (int i = 0; i < model.columnCount(); ++i)
            if (model.headerData(i, Qt::Horizontal).toString() == QLatin1String(title))
                return i;
        ADD_FAILURE() << "no column " << title;
        return 0;
    }
    static QString cell(const LedgerModel& model, int row, const char* title) {
        return model.index(row, column(model, title)).data().toString();
    }
    std::vector<quint64> nodeids() const {
        std::vector<quint64> list;
        for (int row = 0; row < nodes.rowCount(); ++row)
            list.push_back(nodes.subjectAt(row).nodeid);
        return list;
    }

    using Nodeids = std::vector<quint64>;
    Viewer viewer;
    LedgerModel nodes{nodeLedger()};
    LedgerModel fhandles{fhandleLedger()};
    FilterFollower follower{viewer.messages()};
    QAbstractItemModelTester tester{&nodes, QAbstractItemModelTester::FailureReportingMode::Fatal};
    QAbstractItemModelTester other{&fhandles,
                                   QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(LedgerTest, HasARowForEachNodeOfTheLedger) {
    show("lookup-forget.pcapng");
    const auto& ledger = viewer.judged()->ledger.nodes();
    ASSERT_EQ(nodes.rowCount(), static_cast<int>(ledger.size()));
    int row = 0;
    for (const auto& [key, node] : ledger) {
        EXPECT_EQ(cell(nodes, row, "nodeid"), QString::number(node.nodeid));
        EXPECT_EQ(cell(nodes, row, "Forgotten"), QString::number(node.forgotten));
        EXPECT_EQ(cell(nodes, row, "First"), QString::number(node.first_frame));
        EXPECT_EQ(cell(nodes, row, "State").startsWith("live"), node.live());
        ++row;
    }
}

TEST_F(LedgerTest, ShowsOnlyWhatIsLive) {
    show("lookup-forget.pcapng");
    nodes.setOnlyLive(true);
    settle();
    ASSERT_GT(nodes.rowCount(), 0);
    EXPECT_LT(nodes.rowCount(), static_cast<int>(nodes.total()));
    for (int row = 0; row < nodes.rowCount(); ++row)
        EXPECT_TRUE(cell(nodes, row, "State").startsWith("live"));
}

TEST_F(LedgerTest, ShowsOnlyWhatHasFindings) {
    show("lookup-handle-session.pcapng");
    nodes.setOnlyFindings(true);
    settle();
    std::set<quint64> found;
    for (const Judgement& judgement : viewer.judged()->findings)
        if (viewer.judged()->ledger.nodes().contains(
                {static_cast<std::uint32_t>(judgement.conn), judgement.sighting.nodeid}))
            found.insert(judgement.sighting.nodeid);
    EXPECT_EQ(nodeids(), Nodeids(found.begin(), found.end()));
    for (int row = 0; row < nodes.rowCount(); ++row) {
        EXPECT_TRUE(nodes.index(row, 0).data(LedgerSeverityRole).isValid());
        EXPECT_FALSE(cell(nodes, row, "Findings").isEmpty());
    }
}

TEST_F(LedgerTest, FindsTextInAnyLetterCase) {
    show("lookup-forget.pcapng");
    nodes.setText("DOCS");
    settle();
    ASSERT_GT(nodes.rowCount(), 0);
    EXPECT_LT(nodes.rowCount(), static_cast<int>(nodes.total()));
    for (int row = 0; row < nodes.rowCount(); ++row)
        EXPECT_TRUE(cell(nodes, row, "Path").contains("docs"));
}

TEST_F(LedgerTest, SortsByEveryColumn) {
    show("lookup-handle-session.pcapng");
    for (LedgerModel* model : {&nodes, &fhandles})
        for (int column = 0; column < model->columnCount(); ++column) {
            model->sort(column, Qt::DescendingOrder);
            settle();
            EXPECT_EQ(model->rowCount(), static_cast<int>(model->total()));
        }
    nodes.sort(0, Qt::DescendingOrder);
    settle();
    const Nodeids shown = nodeids();
    EXPECT_TRUE(std::ranges::is_sorted(shown, std::greater<>()));
}

TEST_F(LedgerTest, FollowsTheDisplayFilter) {
    show("lookup-forget.pcapng");
    const int all = nodes.rowCount();
    ASSERT_TRUE(viewer.setFilter("fuse.opcode == FORGET"));
    ASSERT_TRUE(waitUntil([this] {
        return !viewer.isFiltering() && nodes.isSettled() && nodes.rowCount() > 0 &&
               nodes.rowCount() < static_cast<int>(nodes.total());
    }));
    EXPECT_LT(nodes.rowCount(), all);
    for (int row = 0; row < nodes.rowCount(); ++row)
        EXPECT_NE(cell(nodes, row, "Forgotten"), "0");
    ASSERT_TRUE(viewer.setFilter(""));
    ASSERT_TRUE(waitUntil([&] { return nodes.isSettled() && nodes.rowCount() == all; }));
}

TEST_F(LedgerTest, FhandlesFollowItToo) {
    show("lookup-handle-session.pcapng");
    const int all = fhandles.rowCount();
    ASSERT_GT(all, 1);
    ASSERT_TRUE(viewer.setFilter("frame.number == 1"));
    ASSERT_TRUE(waitUntil([this] {
        return !viewer.isFiltering() && fhandles.isSettled() && fhandles.rowCount() == 0;
    }));
    ASSERT_TRUE(viewer.setFilter("fuse.fhandle"));
    ASSERT_TRUE(waitUntil([&] { return fhandles.isSettled() && fhandles.rowCount() == all; }));
}

TEST_F(LedgerTest, FhandlesTellWhoBoreThem) {
    show("lookup-handle-session.pcapng");
    int row = 0;
    for (const auto& [key, fhandle] : viewer.judged()->ledger.fhandles()) {
        EXPECT_EQ(cell(fhandles, row, "fhandle"), shownHex(fhandle.bytes));
        EXPECT_EQ(cell(fhandles, row, "Returned"), QString::number(fhandle.returned));
        EXPECT_EQ(cell(fhandles, row, "Sent"), QString::number(fhandle.sent));
        EXPECT_TRUE(cell(fhandles, row, "Borne by")
                        .contains(QStringLiteral("nodeid %1 generation %2")
                                      .arg(fhandle.bearers.front().nodeid)
                                      .arg(fhandle.bearers.front().generation)));
        EXPECT_EQ(fhandles.rowOf(fhandles.subjectAt(row)), row);
        ++row;
    }
}

TEST_F(LedgerTest, RowsStayWhereTheyAreWhenMoreIsKnown) {
    show("lookup-forget.pcapng");
    const QPersistentModelIndex second(nodes.index(1, 0));
    nodes.setJudged(std::make_shared<const JudgedCapture>(*viewer.judged()));
    settle();
    ASSERT_TRUE(second.isValid());
    EXPECT_EQ(second.row(), 1);
}

TEST_F(LedgerTest, AnotherCaptureHasOtherNodes) {
    show("lookup-forget.pcapng");
    nodes.setJudged(nullptr);
    EXPECT_EQ(nodes.rowCount(), 0);
    EXPECT_EQ(nodes.total(), 0u);
}

} // namespace
} // namespace fusewire::gui

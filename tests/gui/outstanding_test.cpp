// Requests without a reply: the same as the command line's, and what is selected stays so.
#include "gui/models/outstanding_model.h"
#include "gui/models/viewer.h"
#include "gui/views/outstanding_panel.h"
#include "tests/dissector/records.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QTest>
#include <deque>

namespace fusewire::gui {
namespace {

using testing::record_of;
using testing::reply;
using testing::request;
using testing::Wire;

const QString samples = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/");
constexpr std::uint32_t lookup = 1, getattr = 3, interrupt = 36;

void describe(std::string& out, const Message&) {
    out += " described";
}

class OutstandingModelTest : public ::testing::Test {
  protected:
    void ask(const Wire& wire) { see(wire, Direction::request); }
    void answer(const Wire& wire) { see(wire, Direction::reply); }
    void show() {
        auto moment = std::make_shared<OutstandingMoment>();
        moment->requests = std::make_shared<const OutstandingRequests>(requests);
        moment->now_ns = time_ns;
        model.setMoment(moment);
    }
    QString cell(int row, const char* title) const {
        for (int column = 0; column < model.columnCount(); ++column)
            if (model.headerData(column, Qt::Horizontal).toString() == QLatin1String(title))
                return model.index(row, column).data().toString();
        ADD_FAILURE() << "no column " << title;
        return {};
    }
    std::vector<quint64> frames() const {
        std::vector<quint64> list;
        for (int row = 0; row < model.rowCount(); ++row)
            list.push_back(model.index(row, 0).data(OutstandingFrameRole).toULongLong());
        return list;
    }

    using Frames = std::vector<quint64>;
    OutstandingRequests requests{describe};
    OutstandingModel model;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
    std::uint64_t frame = 0;
    std::int64_t time_ns = 0;

  private:
    void see(const Wire& wire, Direction direction) {
        kept_.push_back(wire);
        const Record record = record_of(kept_.back(), direction, time_ns += 1'000'000'000, ++frame);
        session_.see(record, message_, exchange_);
        requests.see({record, message_, exchange_});
    }

    Session session_;
    std::deque<Wire> kept_;
    Message message_;
    Exchange exchange_;
};

TEST_F(OutstandingModelTest, ShowsTheOldestFirst) {
    ask(request(lookup, 10, 1, Wire().name("a")));
    ask(request(getattr, 12, 5, Wire().zeros(16)));
    ask(request(interrupt, 11, 0, Wire().u64(12)));
    show();
    ASSERT_EQ(frames(), Frames({1, 2}));
    EXPECT_EQ(cell(0, "Age"), "2.0 s");
    EXPECT_EQ(cell(0, "Opcode"), "LOOKUP");
    EXPECT_EQ(cell(0, "Arguments"), "described");
    EXPECT_EQ(cell(0, "Asked by"), "4242");
    EXPECT_EQ(cell(0, "uid"), "1000");
    EXPECT_EQ(cell(0, "Read by"), "?");
    EXPECT_EQ(cell(1, "nodeid"), "5");
    EXPECT_EQ(cell(1, "Remarks"), "interrupted");
    EXPECT_EQ(cell(0, "unique"), "10");
}

TEST_F(OutstandingModelTest, RowsThatStayAreTheSameRows) {
    ask(request(getattr, 10, 1, Wire().zeros(16)));
    ask(request(getattr, 12, 2, Wire().zeros(16)));
    ask(request(getattr, 14, 3, Wire().zeros(16)));
    show();
    const QPersistentModelIndex last(model.index(2, 0));
    answer(reply(10, -2));
    ask(request(getattr, 16, 4, Wire().zeros(16)));
    show();
    ASSERT_EQ(frames(), Frames({2, 3, 5}));
    ASSERT_TRUE(last.isValid());
    EXPECT_EQ(last.row(), 1);
    model.sort(0, Qt::DescendingOrder);
    EXPECT_EQ(frames(), Frames({5, 3, 2}));
    EXPECT_EQ(last.row(), 1);
    EXPECT_EQ(last.data(OutstandingFrameRole).toULongLong(), 3u);
    model.sort(3, Qt::AscendingOrder);
    EXPECT_EQ(frames(), Frames({2, 3, 5}));
    EXPECT_EQ(model.total(), 3u);
}

TEST_F(OutstandingModelTest, LeavesOutWhatIsHidden) {
    ask(request(getattr, 10, 1, Wire().zeros(16)));
    ask(request(getattr, 12, 2, Wire().zeros(16)));
    show();
    model.setHides([](std::uint64_t hidden) { return hidden == 1; });
    EXPECT_EQ(frames(), Frames({2}));
    EXPECT_EQ(model.total(), 2u);
    model.setHides(nullptr);
    EXPECT_EQ(frames(), Frames({1, 2}));
    model.setMoment(nullptr);
    EXPECT_EQ(model.rowCount(), 0);
}

TEST_F(OutstandingModelTest, SortsByEveryColumn) {
    for (std::uint64_t i = 0; i < 20; ++i)
        ask(request(i % 2 == 0 ? lookup : getattr, 10 + 2 * i, 20 - i,
                    Wire().name("0123456789abcdef")));
    show();
    for (int column = 0; column < model.columnCount(); ++column)
        for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            model.sort(column, order);
            EXPECT_EQ(model.rowCount(), 20);
        }
}

class OutstandingPanelTest : public ::testing::Test {
  protected:
    void show(const char* name) {
        ASSERT_EQ(viewer.open(samples + name), QString());
        ASSERT_TRUE(waitUntil([this] {
            return viewer.judged() && viewer.judged()->complete && viewer.document()->isIndexed();
        }));
        panel = std::make_unique<OutstandingPanel>(viewer);
        panel->resize(1000, 300);
        panel->show();
        table = panel->findChild<QTreeView*>("outstanding");
    }

    Viewer viewer;
    std::unique_ptr<OutstandingPanel> panel;
    QTreeView* table = nullptr;
};

TEST_F(OutstandingPanelTest, ShowsWhatTheJudgeLeft) {
    show("losses.pcapng");
    const auto& left = viewer.judged()->outstanding;
    ASSERT_GT(left.size(), 0u);
    ASSERT_EQ(panel->model().rowCount(), static_cast<int>(left.size()));
    EXPECT_EQ(panel->model().index(0, 0).data(OutstandingFrameRole).toULongLong(),
              left.oldest(1).front()->frame);
}

TEST_F(OutstandingPanelTest, AClickGoesToTheRequest) {
    show("losses.pcapng");
    const QModelIndex first = panel->model().index(0, 0);
    ASSERT_TRUE(first.isValid());
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(first).center());
    EXPECT_EQ(viewer.document()->index()[viewer.currentRow()].frame,
              first.data(OutstandingFrameRole).toULongLong());
}

TEST_F(OutstandingPanelTest, FollowsTheDisplayFilter) {
    show("losses.pcapng");
    const int all = panel->model().rowCount();
    ASSERT_TRUE(viewer.setFilter("frame.number == 1"));
    ASSERT_TRUE(waitUntil([this] { return !viewer.isFiltering(); }));
    EXPECT_EQ(panel->model().rowCount(), 0);
    panel->findChild<QCheckBox*>("followFilter")->setChecked(false);
    EXPECT_EQ(panel->model().rowCount(), all);
}

TEST_F(OutstandingPanelTest, LooksBackToTheCurrentMessage) {
    show("lookup-forget.pcapng");
    const int atEnd = panel->model().rowCount();
    viewer.setCurrentRow(2); // a request, answered in the next frame
    panel->findChild<QCheckBox*>("atMessage")->setChecked(true);
    ASSERT_TRUE(waitUntil([this] { return !panel->isReading(); }));
    ASSERT_EQ(panel->model().rowCount(), 1);
    EXPECT_EQ(panel->model().index(0, 0).data(OutstandingFrameRole).toULongLong(), 3u);
    viewer.setCurrentRow(3);
    ASSERT_TRUE(waitUntil([this] { return !panel->isReading(); }));
    EXPECT_EQ(panel->model().rowCount(), 0);
    panel->findChild<QCheckBox*>("atMessage")->setChecked(false);
    EXPECT_EQ(panel->model().rowCount(), atEnd);
}

} // namespace
} // namespace fusewire::gui

// The statistics panel without a display: clicks on charts and tables lead to messages.
#include "gui/views/statistics_panel.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QCategoryAxis>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>

namespace fusewire::gui {
namespace {

const QString samples = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/");

class Charts : public ::testing::Test {
  protected:
    void SetUp() override {
        ASSERT_EQ(viewer.open(samples + "captures/live/sshfs.pcapng"), QString());
        ASSERT_TRUE(waitUntil([this] { return viewer.document()->isIndexed(); }));
        panel.resize(1000, 500);
    }
    void show(int tab) {
        panel.findChild<QTabWidget*>("statisticsTabs")->setCurrentIndex(tab);
        panel.show();
        count();
    }
    void count() {
        ASSERT_TRUE(waitUntil([this] {
            return panel.statistics().counted() && panel.statistics().counted()->complete;
        }));
        QTest::qWait(50); // until what was counted is laid out
    }
    // The middle of a bar, in the chart's own places.
    static void clickBar(FigureChart* chart, qreal x, qreal y) {
        const QPointF place =
            chart->chart()->mapToPosition({x, y}, chart->chart()->series().first());
        QTest::mouseClick(chart->viewport(), Qt::LeftButton, {},
                          chart->mapFromScene(chart->chart()->mapToScene(place)));
    }

    Viewer viewer;
    StatisticsPanel panel{viewer};
};

enum Tab : int { table, latency, percentiles, over_time, errors, heat_map, more };

TEST_F(Charts, CountOnlyWhatIsLookedAt) {
    EXPECT_FALSE(panel.statistics().isCounting());
    show(table);
    EXPECT_GT(panel.findChild<FigureTable*>("groupTable")->model()->rowCount(), 3);
    EXPECT_EQ(panel.findChild<FigureTable*>("errorTable")->model()->rowCount(), 0);
}

TEST_F(Charts, AClickOnALatencyFiltersOnIt) {
    show(latency);
    auto* chart = panel.findChild<LatencyChart*>();
    const QString filter = chart->figures()->rows.front().filter;
    clickBar(chart, 0, chart->figures()->rows.front().values[2].toDouble() / 2);
    ASSERT_TRUE(waitUntil([this] { return !viewer.filter().isEmpty(); }));
    EXPECT_EQ(viewer.filter(), filter);
}

TEST_F(Charts, PercentilesHaveTheirNamesBesideTheirLines) {
    show(latency);
    const auto names = panel.findChild<LatencyChart*>()->markNames();
    ASSERT_EQ(names.size(), 4);
    EXPECT_EQ(names.back().first, " max ");
    for (int i = 0; i < names.size(); ++i)
        for (int other = 0; other < i; ++other)
            EXPECT_FALSE(names[i].second.intersects(names[other].second)) << i << ", " << other;
}

TEST_F(Charts, EachOpcodeHasARowAmongThePercentiles) {
    show(percentiles);
    auto* chart = panel.findChild<PercentileChart*>();
    const auto rows = chart->figures()->rows.size();
    ASSERT_GT(rows, 3);
    EXPECT_GE(chart->height(), static_cast<int>(rows) * chart->fontMetrics().height());
    auto* names = qobject_cast<QCategoryAxis*>(chart->chart()->axes(Qt::Vertical).front());
    ASSERT_NE(names, nullptr);
    QStringList fromAbove = names->categoriesLabels();
    std::ranges::reverse(fromAbove);
    QStringList wanted;
    for (const auto& row : chart->figures()->rows)
        wanted << row.values[0].toString();
    EXPECT_EQ(fromAbove, wanted);
}

TEST_F(Charts, AClickOnAnErrorAddsItToTheFilter) {
    ASSERT_TRUE(viewer.setFilter("fuse.latency > 0 ns"));
    show(errors);
    auto* chart = panel.findChild<ErrorChart*>();
    const auto& rows = chart->figures()->rows;
    ASSERT_EQ(rows.size(), 3U);
    clickBar(chart, rows.front().values[2].toDouble() / 2, static_cast<qreal>(rows.size()) - 1);
    const QString filter =
        "(fuse.latency > 0 ns) && (fuse.opcode == LOOKUP && fuse.error == ENOENT)";
    EXPECT_TRUE(waitUntil([&] { return viewer.filter() == filter; }))
        << qPrintable(viewer.filter());
}

TEST_F(Charts, NodesHaveTheirPaths) {
    auto* by = panel.findChild<QComboBox*>("statisticsBy");
    ASSERT_NE(by, nullptr);
    by->setCurrentIndex(by->findData(static_cast<int>(GroupBy::nodeid)));
    show(table);
    const auto* groups = panel.findChild<FigureTable*>("groupTable")->model();
    const auto names = [&] {
        QStringList all;
        for (int row = 0; row < groups->rowCount(); ++row)
            all << groups->index(row, 0).data().toString();
        return all;
    };
    EXPECT_TRUE(waitUntil([&] { return !names().filter(" /hello.txt").isEmpty(); }))
        << names().join(", ").toStdString();
}

TEST_F(Charts, PreparedFiltersAreNotApplied) {
    show(table);
    panel.findChild<QCheckBox*>("statisticsPrepare")->setChecked(true);
    QSignalSpy prepared(&viewer, &Viewer::filterPrepared);
    auto* groups = panel.findChild<FigureTable*>("groupTable");
    groups->setCurrentIndex(groups->model()->index(0, 0));
    QTest::keyClick(groups, Qt::Key_Return);
    ASSERT_EQ(prepared.size(), 1);
    EXPECT_EQ(prepared.front().front().toString(),
              groups->model()->index(0, 0).data(FigureFilterRole).toString());
    EXPECT_EQ(viewer.filter(), QString());
}

TEST_F(Charts, AClickOnATimeGoesToItsFirstMessage) {
    show(over_time);
    auto* chart = panel.findChild<TimeChart*>();
    const int row = static_cast<int>(chart->figures()->rows.size()) - 1;
    chart->showRows(row, row);
    QTest::mouseClick(chart->viewport(), Qt::LeftButton, {}, chart->viewport()->rect().center());
    const Row current = viewer.currentRow();
    ASSERT_NE(current, no_row);
    EXPECT_EQ(viewer.document()->index()[current].frame,
              chart->figures()->rows[static_cast<std::size_t>(row)].frame);
}

TEST_F(Charts, KeysZoomIntoTimeAndFilterOnIt) {
    show(over_time);
    auto* chart = panel.findChild<TimeChart*>();
    const auto all = chart->shownRows();
    QTest::keyClick(chart, Qt::Key_Plus);
    const auto part = chart->shownRows();
    EXPECT_LT(part.second - part.first, all.second - all.first);
    QTest::keyClick(chart, Qt::Key_Return);
    EXPECT_TRUE(viewer.filter().startsWith("frame.time_epoch >= "));
    QTest::keyClick(chart, Qt::Key_0);
    EXPECT_EQ(chart->shownRows().first, 0);
}

TEST_F(Charts, AClickOnACellGoesToAMessageInIt) {
    show(heat_map);
    auto* map = panel.findChild<HeatMap*>("heatMap");
    const FiguresPtr figures = panel.findChild<FigureTable*>("mapTable")->figures();
    QSignalSpy chosen(map, &HeatMap::chosen);
    QTest::mouseClick(map, Qt::LeftButton, {}, map->cellRect(0).center());
    ASSERT_EQ(chosen.size(), 1);
    const auto row = chosen.front().front().toUInt();
    EXPECT_EQ(viewer.document()->index()[viewer.currentRow()].frame, figures->rows[row].frame);
}

TEST_F(Charts, HaveNamesAndSummaries) {
    for (const int tab : {latency, percentiles, over_time, errors}) {
        show(tab);
        auto* chart = panel.findChild<QTabWidget*>("statisticsTabs")
                          ->currentWidget()
                          ->findChild<FigureChart*>();
        EXPECT_FALSE(chart->accessibleName().isEmpty());
        EXPECT_FALSE(chart->accessibleDescription().isEmpty());
    }
}

// What was drawn is gone with the series, also what is written beside them.
TEST_F(Charts, AreEmptyWhereNothingIsShown) {
    show(latency);
    auto* chart = panel.findChild<LatencyChart*>();
    EXPECT_EQ(chart->markNames().size(), 4);
    ASSERT_TRUE(viewer.setFilter("frame.number == 0"));
    count();
    EXPECT_TRUE(chart->markNames().isEmpty());
    EXPECT_FALSE(chart->grab().isNull());
}

TEST_F(Charts, FollowTheFilter) {
    show(errors);
    ASSERT_TRUE(viewer.setFilter("fuse.error == 0"));
    count();
    EXPECT_TRUE(panel.findChild<ErrorChart*>()->figures()->rows.empty());
}

} // namespace
} // namespace fusewire::gui

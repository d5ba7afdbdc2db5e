// Statistics of the viewer: the same figures as `fusewire stats` tells, of what the display filter
// selects, and nothing while nobody looks.
#include "capture/source.h"
#include "dissector/judged_session.h"
#include "dissector/render/statistics.h"
#include "gui/models/capture_statistics.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>

namespace fusewire::gui {
namespace {

const QString samples = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/");

class StatisticsTest : public ::testing::Test {
  protected:
    void open(const QString& name) { ASSERT_EQ(viewer.open(samples + name), QString()); }
    void count() {
        statistics.setActive(true);
        ASSERT_TRUE(
            waitUntil([this] { return statistics.counted() && statistics.counted()->complete; }));
    }
    void filter(const char* text) {
        ASSERT_TRUE(viewer.setFilter(QLatin1String(text)));
        count();
    }
    const CountedCapture& counted() const { return *statistics.counted(); }
    std::uint64_t inCells() const {
        std::uint64_t sum = 0;
        for (const TimeMap::Column& column : counted().times.columns())
            for (const TimeMap::Cell& cell : column.cells)
                sum += cell.replies;
        return sum;
    }

    Viewer viewer;
    CaptureStatistics statistics{viewer};
};

// As the command line counts: two passes, and everything is shown to the statistics.
std::string textOfCommand(const QString& path, const std::string& filter, GroupBy by) {
    auto source = open_capture(path.toStdString());
    EXPECT_TRUE(source);
    Record record;
    JudgedSession first({.body = false, .findings = false});
    first.keep_first_pass();
    while (*(*source)->next(record))
        first.see(record);
    const FirstPass known = first.first_pass();
    EXPECT_TRUE((*source)->rewind());
    JudgedSession second({.body = true, .findings = false}, &known);
    auto parsed = filter.empty() ? std::optional<Filter>() : std::move(*Filter::parse(filter));
    Statistics statistics(by);
    while (*(*source)->next(record)) {
        const Decoded decoded = second.see(record);
        statistics.see(decoded, !parsed || parsed->matches(decoded));
    }
    std::string text;
    append_statistics_text(text,
                           {.statistics = statistics,
                            .connections = (*source)->connections(),
                            .path_of = {},
                            .filter = filter},
                           {.most_rows = 40});
    return text;
}

struct Case {
    const char* file;
    const char* filter;
    GroupBy by;
};

class SameAsCommand : public StatisticsTest, public ::testing::WithParamInterface<Case> {};

TEST_P(SameAsCommand, TellsWhatStatsTells) {
    const Case& one = GetParam();
    open(one.file);
    statistics.setGroupBy(one.by);
    filter(one.filter);
    EXPECT_EQ(counted().text, textOfCommand(samples + one.file, one.filter, one.by));
}

INSTANTIATE_TEST_SUITE_P(
    Samples, SameAsCommand,
    ::testing::Values(Case{"lookup-forget.pcapng", "", GroupBy::opcode},
                      Case{"lookup-handle-session.pcapng", "", GroupBy::opcode},
                      Case{"lookup-handle-session.pcapng", "fuse.error", GroupBy::nodeid},
                      Case{"interrupt.pcapng", "", GroupBy::opcode},
                      Case{"late-attach.pcapng", "", GroupBy::opcode},
                      Case{"losses.pcapng", "", GroupBy::pid},
                      Case{"captures/live/sshfs.pcapng", "", GroupBy::thread},
                      Case{"captures/live/sshfs.pcapng", "fuse.opcode == LOOKUP", GroupBy::opcode},
                      Case{"captures/live/bindfs.pcapng", "fuse.latency > 10 us", GroupBy::pid},
                      Case{"captures/live/bindfs.pcapng", "", GroupBy::conn}));

TEST_F(StatisticsTest, CountsNothingWhileNobodyLooks) {
    open("lookup-forget.pcapng");
    EXPECT_FALSE(statistics.isCounting());
    EXPECT_EQ(statistics.counted(), nullptr);
    count();
    statistics.setActive(false);
    ASSERT_TRUE(viewer.setFilter("fuse.error"));
    EXPECT_FALSE(statistics.isCounting());
    EXPECT_EQ(statistics.counted(), nullptr);
    count();
    EXPECT_EQ(counted().total.requests, 0U);
}

TEST_F(StatisticsTest, TheFilterSaysWhatCounts) {
    open("lookup-forget.pcapng");
    count();
    EXPECT_EQ(counted().total.messages(), 20U);
    filter("fuse.error == ENOENT");
    EXPECT_EQ(counted().total.messages(), 1U);
    EXPECT_EQ(counted().seen, 20U);
    filter("");
    EXPECT_EQ(counted().total.messages(), 20U);
}

TEST_F(StatisticsTest, FiltersOfFindingsWork) {
    open("lookup-handle-session.pcapng");
    filter("fuse.finding.severity >= warn");
    EXPECT_GT(counted().total.messages(), 0U);
    EXPECT_LT(counted().total.messages(), 40U);
}

TEST_F(StatisticsTest, CellsOfTheMapAreTheRepliesWithALatency) {
    open("captures/live/sshfs.pcapng");
    count();
    EXPECT_GT(inCells(), 0U);
    EXPECT_EQ(inCells(), counted().total.latency.count());
}

// What a table says of a row is what its filter selects.
TEST_F(StatisticsTest, RowsHaveTheFilterOfTheirMessages) {
    open("captures/live/sshfs.pcapng");
    count();
    const FiguresPtr tables[] = {latencyFigures(counted().total.latency, {}),
                                 errorFigures(counted().opcodes, counted().operations),
                                 mapFigures(counted().times)};
    for (const FiguresPtr& table : tables) {
        ASSERT_FALSE(table->rows.empty());
        for (const FigureRow& row : {table->rows.front(), table->rows.back()}) {
            filter(qPrintable(row.filter));
            EXPECT_EQ(counted().total.replies, row.values.back().toULongLong())
                << qPrintable(row.filter);
        }
    }
}

// A reply to a compound may be well while an operation in it failed.
TEST_F(StatisticsTest, ErrorsOfOperationsInCompoundsAreErrors) {
    open("lookup-handle-session.pcapng");
    count();
    const FiguresPtr errors = errorFigures(counted().opcodes, counted().operations);
    ASSERT_FALSE(errors->rows.empty());
    const FigureRow& first = errors->rows.front();
    EXPECT_EQ(first.values[0].toString(), "LOOKUP_HANDLE in a compound");
    EXPECT_EQ(first.values[1].toString(), "ENOENT");
    EXPECT_EQ(first.values[2].toULongLong(), 3U);
    filter(qPrintable(first.filter));
    EXPECT_EQ(counted().total.replies, 3U);
}

TEST_F(StatisticsTest, EveryGroupFilterCanBeParsed) {
    open("captures/live/sshfs.pcapng");
    for (const GroupBy by :
         {GroupBy::opcode, GroupBy::nodeid, GroupBy::pid, GroupBy::conn, GroupBy::thread}) {
        statistics.setGroupBy(by);
        count();
        for (const FigureRow& row : counted().groups->rows) {
            if (row.filter.isEmpty())
                continue;
            EXPECT_TRUE(Filter::parse(row.filter.toStdString())) << qPrintable(row.filter);
        }
    }
}

TEST_F(StatisticsTest, TheModelKeepsItsRules) {
    FigureModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    open("lookup-forget.pcapng");
    count();
    model.setFigures(counted().groups);
    ASSERT_EQ(model.rowCount(), 4);
    EXPECT_EQ(model.index(0, 0).data().toString(), "LOOKUP");
    EXPECT_EQ(model.index(0, 1).data(FigureValueRole).toULongLong(), 16U);
    EXPECT_EQ(model.index(0, 0).data(FigureFilterRole).toString(), "fuse.opcode == LOOKUP");
    model.setFigures(nullptr);
    EXPECT_EQ(model.rowCount(), 0);
}

TEST(FigureText, QuotesTextInCsv) {
    const Figures figures{{{"Name", Unit::text}, {"Count", Unit::count}},
                          {{{QString("a \"b\", c"), quint64{1200}}, {}}},
                          {}};
    EXPECT_EQ(figuresCsv(figures), "Name,Count\n\"a \"\"b\"\", c\",1200\n");
}

} // namespace
} // namespace fusewire::gui

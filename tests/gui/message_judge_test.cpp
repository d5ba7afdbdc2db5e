// What is said of a single message is what two passes over the whole capture say of it, in whatever
// order messages are looked at.
#include "capture/source.h"
#include "dissector/judged_session.h"
#include "gui/views/verdict_panel.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QTest>
#include <algorithm>
#include <numeric>

namespace fusewire::gui {
namespace {

const QString samples = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/");

// What can be compared of what is said of a message.
struct Said {
    std::string verdict;
    std::vector<std::string> rules; // sorted
    std::vector<std::string> statx; // what becomes of each field
    bool operator==(const Said&) const = default;
};

void PrintTo(const Said& said, std::ostream* out) {
    *out << said.verdict << ", " << ::testing::PrintToString(said.rules) << ", "
         << ::testing::PrintToString(said.statx);
}

std::vector<std::string> fates(std::span<const StatxReport> reports) {
    std::vector<std::string> all;
    for (const StatxReport& report : reports)
        for (const StatxFact& fact : report.facts)
            all.push_back(std::string(fact.row->name) + " " + std::string(spelling(fact.use)));
    return all;
}

Said saidOf(const Decoded& decoded) {
    Said said;
    said.verdict = decoded.verdict == nullptr ? "" : decoded.verdict->row->id;
    for (const Judgement* finding : decoded.findings)
        said.rules.emplace_back(finding->rule->id);
    std::ranges::sort(said.rules);
    said.statx = fates(decoded.statx);
    return said;
}

std::vector<Said> saidByTwoPasses(const QString& path) {
    auto source = open_capture(path.toStdString());
    EXPECT_TRUE(source);
    Record record;
    JudgedSession first({});
    first.keep_first_pass();
    for (auto more = (*source)->next(record); more && *more; more = (*source)->next(record))
        first.see(record);
    const FirstPass known = first.first_pass();
    EXPECT_TRUE((*source)->rewind());
    JudgedSession second({}, &known);
    std::vector<Said> all;
    for (auto more = (*source)->next(record); more && *more; more = (*source)->next(record))
        all.push_back(saidOf(second.see(record)));
    return all;
}

class MessageJudgeTest : public ::testing::TestWithParam<const char*> {
  protected:
    void open(const QString& name) {
        judged.setNeeded(&viewer, true);
        ASSERT_EQ(viewer.open(samples + name), "");
        ASSERT_TRUE(waitUntil([this] { return viewer.judged() && viewer.judged()->complete; }));
    }
    Said saidOfRow(Row row) {
        viewer.setCurrentRow(row);
        EXPECT_TRUE(waitUntil([&] { return judged.message() && judged.message()->row == row; }));
        Said said;
        said.verdict = judged.message()->verdict ? judged.message()->verdict->row->id : "";
        for (const Judgement& finding : judged.findings())
            said.rules.emplace_back(finding.rule->id);
        std::ranges::sort(said.rules);
        said.statx = fates(judged.message()->statx);
        return said;
    }

    Viewer viewer;
    JudgedCurrent& judged = viewer.judgedCurrent();
};

TEST_P(MessageJudgeTest, SaysWhatTwoPassesSay) {
    open(GetParam());
    const std::vector<Said> expected = saidByTwoPasses(samples + GetParam());
    std::vector<Row> rows(expected.size());
    std::iota(rows.begin(), rows.end(), 0);
    for (const Row row : rows)
        EXPECT_EQ(saidOfRow(row), expected[row]) << row;
    std::ranges::reverse(rows);
    for (const Row row : rows)
        EXPECT_EQ(saidOfRow(row), expected[row]) << row;
}

INSTANTIATE_TEST_SUITE_P(Samples, MessageJudgeTest,
                         ::testing::Values("lookup-handle-session.pcapng", "compound-v7.pcapng",
                                           "late-attach.pcapng", "attributes.pcapng",
                                           "rules/statx-mask-missing.pcapng",
                                           "rules/handle-changed.pcapng"));

using OneMessage = MessageJudgeTest;

TEST_F(OneMessage, IsJudgedOnlyWhileSomebodyLooks) {
    open("lookup-handle-session.pcapng");
    judged.setNeeded(&viewer, false);
    viewer.setCurrentRow(5);
    QTest::qWait(50);
    EXPECT_EQ(judged.message(), nullptr);
    judged.setNeeded(&viewer, true);
    EXPECT_TRUE(waitUntil([this] { return judged.message() != nullptr; }));
    EXPECT_EQ(judged.message()->row, 5U);
    EXPECT_EQ(judged.message()->nodeid, 2U);
    EXPECT_EQ(judged.message()->path, "/docs");
}

TEST_F(OneMessage, LeadsToTheNextAnswerToAStatx) {
    open("lookup-handle-session.pcapng");
    judged.goToNextStatx();
    ASSERT_TRUE(waitUntil([this] { return viewer.currentRow() != 0; }));
    EXPECT_EQ(viewer.currentRow(), 3U);
    judged.goToNextStatx();
    ASSERT_TRUE(waitUntil([this] { return viewer.currentRow() != 3; }));
    EXPECT_EQ(viewer.currentRow(), 5U);
    viewer.setCurrentRow(39);
    QString said;
    QObject::connect(&viewer, &Viewer::said, [&](const QString& text) { said = text; });
    judged.goToNextStatx();
    EXPECT_TRUE(waitUntil([&] { return !said.isEmpty(); }));
    EXPECT_EQ(viewer.currentRow(), 39U);
}

// One that is replaced, or destroyed, while it works.
TEST_F(OneMessage, NeedNotBeWaitedFor) {
    for (int i = 0; i < 20; ++i) {
        ASSERT_EQ(viewer.open(samples + "lookup-handle-session.pcapng"), "");
        judged.setNeeded(&viewer, true);
        viewer.setCurrentRow(39);
        viewer.setCurrentRow(2);
    }
    EXPECT_TRUE(waitUntil([this] { return judged.message() != nullptr; }));
    EXPECT_EQ(judged.message()->row, 2U);
}

TEST(VerdictPanelTest, SaysWhatTheKernelDoesAndMarksTheBytesOfAFinding) {
    Viewer viewer;
    VerdictPanel panel(viewer);
    panel.show();
    auto* details = panel.findChild<DetailView*>("verdictDetails");
    ASSERT_EQ(viewer.open(samples + "lookup-handle-session.pcapng"), "");
    viewer.setCurrentRow(17);
    ASSERT_TRUE(waitUntil([&] { return details->toPlainText().contains("fhandle of no bytes"); }));
    const QString text = details->toPlainText();
    EXPECT_TRUE(text.contains("The kernel: accepted, taken as it is")) << text.toStdString();
    EXPECT_TRUE(text.contains("The server's write(): 0, no error")) << text.toStdString();
    emit details->anchorClicked(QUrl("frame:18/88"));
    ASSERT_TRUE(waitUntil([&] { return viewer.marked().width != 0; }));
    EXPECT_EQ(viewer.marked(), (ByteRange{88, 2}));
    viewer.setCurrentRow(16);
    EXPECT_TRUE(waitUntil([&] { return details->toPlainText().contains("This is a request"); }));
}

} // namespace
} // namespace fusewire::gui

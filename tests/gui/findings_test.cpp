// Findings in the viewer: the list by rule, what is said of each, and the way to the bytes.
#include "gui/models/details.h"
#include "gui/models/finding_list_model.h"
#include "gui/views/finding_panel.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>

namespace fusewire::gui {
namespace {

const QString samples = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/");

class Findings : public ::testing::Test {
  protected:
    void open(const QString& name) {
        ASSERT_EQ(viewer.open(samples + name), "");
        ASSERT_TRUE(waitUntil([this] { return viewer.judged() && viewer.judged()->complete; }));
    }
    void filter(const QString& text) {
        ASSERT_TRUE(viewer.setFilter(text));
        ASSERT_TRUE(waitUntil([this] { return !viewer.isFiltering(); }));
    }
    // The rules that are listed, without what they say.
    QStringList rules() const {
        QStringList ids;
        for (int row = 0; row < model.rowCount(); ++row)
            ids << model.index(row, 0).data().toString().section(':', 0, 0);
        return ids;
    }
    QModelIndex rule(const QString& id) const {
        return model.index(static_cast<int>(rules().indexOf(id)), 0);
    }

    Viewer viewer;
    FindingListModel model{viewer};
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(Findings, AreListedByRuleAsCheckPrintsThem) {
    open("lookup-handle-session.pcapng");
    EXPECT_EQ(rules(), QStringList({"handle-empty", "ext-not-negotiated", "header-creds",
                                    "init-file-ops-offered", "handle-enabled-not-offered",
                                    "handle-size-varies", "handle-trailing", "read-beyond-eof",
                                    "mkobj-open-flags", "handle-none", "fh-not-released"}));
    EXPECT_EQ(model.counts(), (std::array<std::uint64_t, 3>{8, 4, 0}));
    EXPECT_EQ(model.rowCount(rule("ext-not-negotiated")), 2);
    EXPECT_EQ(rule("handle-size-varies").siblingAtColumn(FindingListModel::count).data(), 7);
}

TEST_F(Findings, KnowTheirPlace) {
    open("lookup-handle-session.pcapng");
    const QModelIndex place = model.index(0, 0, rule("handle-empty"));
    EXPECT_EQ(place.data(), "size 0, expected 1 to 128");
    EXPECT_EQ(place.siblingAtColumn(FindingListModel::frame).data(), 18);
    EXPECT_EQ(place.siblingAtColumn(FindingListModel::operation).data(), "LOOKUP_HANDLE");
    EXPECT_EQ(place.siblingAtColumn(FindingListModel::nodeid).data(), 6);
    EXPECT_EQ(place.siblingAtColumn(FindingListModel::path).data(), "/docs/empty");
    EXPECT_EQ(place.data(FindingSeverityRole), static_cast<int>(Severity::warn));
}

TEST_F(Findings, CanBeLeftOutBySeverityAndText) {
    open("lookup-handle-session.pcapng");
    model.setLeast(Severity::warn);
    EXPECT_EQ(rules(), QStringList({"handle-empty", "ext-not-negotiated", "header-creds"}));
    model.setLeast(Severity::note);
    model.setText("GUIDE.txt");
    EXPECT_EQ(rules(), QStringList({"read-beyond-eof"}));
    model.setText({});
    EXPECT_EQ(model.rowCount(), 11);
    EXPECT_EQ(model.counts()[2], 0U);
}

TEST_F(Findings, FollowTheDisplayFilter) {
    open("lookup-handle-session.pcapng");
    filter("frame.number >= 14 && frame.number <= 18");
    ASSERT_TRUE(waitUntil([this] { return model.rowCount() == 2; }));
    EXPECT_EQ(rules(), QStringList({"handle-empty", "handle-trailing"}));
    model.setHiddenToo(true);
    EXPECT_EQ(model.rowCount(), 11);
    model.setHiddenToo(false);
    filter("");
    EXPECT_TRUE(waitUntil([this] { return model.rowCount() == 11; }));
}

// Rows move, come and go one by one, so that a view keeps what is selected and unfolded.
TEST_F(Findings, KeepRowsThatStay) {
    open("lookup-handle-session.pcapng");
    const QPersistentModelIndex group = rule("handle-trailing");
    const QPersistentModelIndex place = model.index(0, 0, group);
    const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    filter("frame.number >= 14");
    ASSERT_TRUE(waitUntil([this] { return model.rowCount() < 11; }));
    model.setText("handle");
    EXPECT_EQ(resets.count(), 0);
    ASSERT_TRUE(group.isValid());
    EXPECT_EQ(QModelIndex(group), rule("handle-trailing"));
    EXPECT_EQ(QModelIndex(place), model.index(0, 0, group));
    model.setLeast(Severity::error);
    EXPECT_FALSE(place.isValid());
}

TEST_F(Findings, AreThoseOfTheCaptureThatIsShown) {
    open("lookup-handle-session.pcapng");
    open("rules/handle-changed.pcapng");
    ASSERT_TRUE(waitUntil([this] { return rules().contains("handle-changed"); }));
    EXPECT_FALSE(rules().contains("handle-empty"));
    // The size is as it was: what differs are the bytes behind it.
    const Judgement* changed = model.finding(model.index(0, 0, rule("handle-changed")));
    ASSERT_NE(changed, nullptr);
    viewer.goToFrame(changed->frame, changed->sighting.offset);
    ASSERT_TRUE(waitUntil([this] { return viewer.marked().width != 0; }));
    EXPECT_EQ(viewer.marked(), (ByteRange{90, 4}));
}

TEST_F(Findings, CanBeWalkedThrough) {
    open("lookup-handle-session.pcapng");
    EXPECT_EQ(viewer.nextFinding(no_row, Severity::warn), 17U);
    EXPECT_EQ(viewer.nextFinding(17, Severity::warn), 30U);
    EXPECT_EQ(viewer.nextFinding(36, Severity::warn), no_row);
    EXPECT_EQ(viewer.previousFinding(30, Severity::warn), 17U);
    EXPECT_EQ(viewer.previousFinding(17, Severity::warn), no_row);
    EXPECT_EQ(viewer.nextFinding(no_row, Severity::note), 0U);
    filter("frame.number > 20");
    EXPECT_EQ(viewer.nextFinding(no_row, Severity::warn), 30U);
    filter("");
    viewer.setCurrentRow(3);
    viewer.goToNextFinding();
    EXPECT_EQ(viewer.currentRow(), 17U);
    ASSERT_TRUE(waitUntil([this] { return viewer.marked().width != 0; }));
    EXPECT_EQ(viewer.marked(), (ByteRange{88, 2}));
}

TEST_F(Findings, AreExplainedInFull) {
    open("lookup-handle-session.pcapng");
    const Judgement* finding = model.finding(model.index(0, 0, rule("read-beyond-eof")));
    ASSERT_NE(finding, nullptr);
    const Details details = detailsOf(*finding);
    const auto text = [&](const QString& label) {
        const auto found = std::ranges::find(details, label, &Detail::label);
        return found == details.end() ? QString() : found->text;
    };
    EXPECT_EQ(text("Observed"), "data up to 13");
    EXPECT_EQ(text("Expected"), "nothing beyond the size 5");
    EXPECT_TRUE(text("What comes of it").startsWith("the caller sees only"));
    EXPECT_TRUE(text("What to change").startsWith("report the size with the data"));
    const auto related = std::ranges::find(details, QString("See also"), &Detail::label);
    ASSERT_NE(related, details.end());
    EXPECT_EQ(related->links, (std::vector<DetailLink>{{"frame 20", 20, {}, {}}}));
    EXPECT_EQ(details.back().links.front().rule, "read-beyond-eof");
}

TEST(RulePage, SaysWhatTheReferenceSays) {
    const Details page = rulePage("handle-empty");
    ASSERT_GE(page.size(), 4U);
    EXPECT_EQ(page[1].text, "handle-empty (warn): fhandle of no bytes");
    EXPECT_TRUE(rulePage("no-such-rule").empty());
}

class FindingsPanel : public ::testing::Test {
  protected:
    void SetUp() override {
        panel.resize(900, 500);
        panel.show();
        ASSERT_EQ(viewer.open(samples + "lookup-handle-session.pcapng"), "");
        ASSERT_TRUE(waitUntil([this] { return viewer.judged() && viewer.judged()->complete; }));
        tree->expandAll();
    }
    QModelIndex place(int rule) const { return list->index(0, 0, list->index(rule, 0)); }
    QPoint middle(const QModelIndex& index) const { return tree->visualRect(index).center(); }

    Viewer viewer;
    FindingPanel panel{viewer};
    QTreeView* tree = panel.findChild<QTreeView*>("findings.list");
    QAbstractItemModel* list = tree->model();
    DetailView* details = panel.findChild<DetailView*>("findingDetails");
};

TEST_F(FindingsPanel, AClickGoesToTheMessageAndMarksTheBytes) {
    QTest::mouseClick(tree->viewport(), Qt::LeftButton, {}, middle(place(0)));
    EXPECT_EQ(viewer.currentRow(), 17U);
    ASSERT_TRUE(waitUntil([this] { return viewer.marked().width != 0; }));
    EXPECT_EQ(viewer.marked(), (ByteRange{88, 2}));
    EXPECT_TRUE(details->toPlainText().contains("warn: fhandle of no bytes: size 0"));
    EXPECT_TRUE(details->toPlainText().contains("What to change: return bytes that identify"));
}

TEST_F(FindingsPanel, TheKeyboardGoesThereToo) {
    tree->setCurrentIndex(place(3));
    EXPECT_EQ(viewer.currentRow(), 0U);
    tree->setCurrentIndex(place(0));
    QTest::keyClick(tree, Qt::Key_Return);
    EXPECT_EQ(viewer.currentRow(), 17U);
}

TEST_F(FindingsPanel, FollowsTheMessageThatIsChosen) {
    panel.show();
    const auto findings = viewer.judged()->findings;
    ASSERT_GT(findings.size(), 2U);
    viewer.goToFrame(3); // of which nothing was found
    for (const Judgement& finding : findings) {
        viewer.goToFrame(finding.frame);
        EXPECT_EQ(tree->currentIndex().data(FindingFrameRole).toULongLong(), finding.frame);
        EXPECT_TRUE(tree->currentIndex().parent().isValid());
    }
}

TEST_F(FindingsPanel, LinksLeadToFramesAndToTheRule) {
    tree->setCurrentIndex(list->index(7, 0));
    emit details->anchorClicked(QUrl("frame:20"));
    EXPECT_EQ(viewer.currentRow(), 19U);
    emit details->anchorClicked(QUrl("rule:read-beyond-eof"));
    EXPECT_TRUE(details->toPlainText().contains("read-beyond-eof (note): READ is answered"));
    emit details->anchorClicked(QUrl("back:"));
    EXPECT_TRUE(details->toPlainText().contains("Observed: data up to 13"));
}

TEST_F(FindingsPanel, TellsHowMuchThereIs) {
    EXPECT_EQ(panel.windowTitle(), "Findings: 4 warnings, 8 notes");
    auto* severity = panel.findChild<QComboBox*>("findingSeverity");
    severity->setCurrentIndex(1);
    EXPECT_EQ(panel.findChild<QLabel*>("findingState")->text(), "4 of 12 findings are shown");
}

} // namespace
} // namespace fusewire::gui

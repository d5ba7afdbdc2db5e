// Finding: by text, expression, bytes and filter, both ways and around the end.
#include "tests/gui/opened_window.h"

#include <QTest>

namespace fusewire::gui {
namespace {

TEST(HexBytes, AreReadWithAndWithoutSeparators) {
    const std::vector<std::byte> bytes{std::byte{0xa1}, std::byte{0xb2}};
    EXPECT_EQ(parseHexBytes("a1b2"), bytes);
    EXPECT_EQ(parseHexBytes("A1:B2"), bytes);
    EXPECT_EQ(parseHexBytes("0xa1 b2"), bytes);
    EXPECT_EQ(parseHexBytes("a1b"), std::nullopt);
    EXPECT_EQ(parseHexBytes("xy"), std::nullopt);
    EXPECT_EQ(parseHexBytes(""), std::nullopt);
}

class Find : public OpenedWindow {
  protected:
    // The row that is found from the current one on; -1: none.
    int find(const FindQuery& query, bool forward = true) {
        finder.setQuery(query);
        finder.find(forward);
        EXPECT_TRUE(waitUntil([this] { return !finder.isFinding(); }));
        return static_cast<int>(viewer.currentRow());
    }

    Finder& finder = actions->finder();
};

TEST_F(Find, GoesToTheNextLineWithAText) {
    open("lookup-forget.pcapng");
    EXPECT_EQ(find({"DOCS"}), 2);
    EXPECT_EQ(finder.outcome(), "");
    EXPECT_EQ(find({"LOOKUP"}), 3);
    EXPECT_EQ(find({"docs", FindBy::text, FindIn::line, true}, false), 2);
}

TEST_F(Find, TellsLetterCaseApartWhenAsked) {
    open("lookup-forget.pcapng");
    find({"DOCS", FindBy::text, FindIn::line, true});
    EXPECT_EQ(viewer.currentRow(), 0U);
    EXPECT_EQ(finder.outcome(), "not found in what is shown");
}

TEST_F(Find, GoesOnAtTheOtherEnd) {
    open("lookup-forget.pcapng");
    select(19);
    EXPECT_EQ(find({"nlookup"}), 18);
    EXPECT_EQ(finder.outcome(), "went on at the first message");
    EXPECT_EQ(find({"nlookup"}), 18);
    EXPECT_EQ(finder.outcome(), "only in this message");
}

TEST_F(Find, MarksTheFieldThatHoldsAText) {
    open("lookup-forget.pcapng");
    EXPECT_EQ(find({"S_IFDIR", FindBy::text, FindIn::fields}), 3);
    ASSERT_TRUE(waitUntil([this] { return viewer.marked().width != 0; }));
    EXPECT_EQ(tree->currentIndex().data(FieldRole), "fuse.lookup.attr.mode");
}

TEST_F(Find, MarksTheFieldThatHoldsBytes) {
    open("lookup-forget.pcapng");
    EXPECT_EQ(find({"64 6f:63 73", FindBy::bytes}), 2);
    ASSERT_TRUE(waitUntil([this] { return viewer.marked().width != 0; }));
    EXPECT_EQ(tree->currentIndex().data(FieldRole), "fuse.lookup.name");
}

TEST_F(Find, TakesRegularExpressions) {
    open("lookup-forget.pcapng");
    EXPECT_EQ(find({"lookup.*\"d.cs\"", FindBy::regex}), 2);
    finder.setQuery({"(", FindBy::regex});
    EXPECT_TRUE(finder.error().startsWith("column 2: ")) << finder.error().toStdString();
    finder.setQuery({"(", FindBy::regex, FindIn::line, true});
    EXPECT_TRUE(finder.error().startsWith("column 2: ")) << finder.error().toStdString();
}

TEST_F(Find, TakesDisplayFilters) {
    open("lookup-forget.pcapng");
    EXPECT_EQ(find({"fuse.error == ENOENT", FindBy::filter}), 9);
}

TEST_F(Find, TakesFiltersThatAskForFindings) {
    open("lookup-handle-session.pcapng");
    EXPECT_EQ(find({"fuse.finding == \"handle-empty\"", FindBy::filter}), 17);
}

TEST_F(Find, LooksOnlyAtWhatIsShown) {
    open("lookup-forget.pcapng");
    window.setFilter("fuse.direction == \"reply\"");
    ASSERT_TRUE(waitUntil([this] { return !viewer.isFiltering(); }));
    select(3);
    const int found = find({"LOOKUP"});
    EXPECT_EQ(viewer.document()->index()[static_cast<Row>(found)].kind, MessageKind::reply);
}

TEST_F(Find, BarSaysWhatIsWrongAndFindsWithReturn) {
    open("lookup-forget.pcapng");
    window.show();
    actions->action("find")->trigger();
    auto* what = window.findChild<QLineEdit*>("findWhat");
    EXPECT_TRUE(what->isVisible());
    window.findChild<QComboBox*>("findBy")->setCurrentIndex(static_cast<int>(FindBy::bytes));
    QTest::keyClicks(what, "abc");
    EXPECT_TRUE(window.findChild<QLabel*>("findState")->text().contains("hex digits"));
    EXPECT_FALSE(window.findChild<QPushButton*>("findNext")->isEnabled());
    what->setText("64:6f:63:73");
    QTest::keyClick(what, Qt::Key_Return);
    ASSERT_TRUE(waitUntil([this] { return viewer.currentRow() == 2; }));
    QTest::keyClick(what, Qt::Key_Escape);
    EXPECT_FALSE(what->isVisible());
}

TEST_F(Find, NextOfANodeAndNextWithAValue) {
    open("lookup-forget.pcapng");
    select(2);
    selectField("fuse.nodeid");
    run("nextLikeField");
    ASSERT_TRUE(waitUntil([this] { return viewer.currentRow() == 13; }));
    EXPECT_EQ(finder.query().what, "");
    select(2);
    run("nextOfNode");
    ASSERT_TRUE(waitUntil([this] { return viewer.currentRow() == 3; }));
    run("goBack");
    EXPECT_EQ(viewer.currentRow(), 2U);
    run("goForward");
    EXPECT_EQ(viewer.currentRow(), 3U);
    run("goLast");
    EXPECT_EQ(viewer.currentRow(), 19U);
}

} // namespace
} // namespace fusewire::gui

// The filter bar: what is wrong is marked where it is, words complete by what stands before them, and
// what was applied comes back.
#include "gui/models/filter_completion.h"
#include "gui/views/filter_bar.h"

#include <gtest/gtest.h>

#include <QAbstractItemView>
#include <QTest>
#include <algorithm>

namespace fusewire::gui {
namespace {

class Bar : public ::testing::Test {
  protected:
    Bar() {
        QObject::connect(&bar, &FilterBar::applied, &bar,
                         [this](const QString& text) { applied << text; });
        QObject::connect(&bar, &FilterBar::left, &bar, [this] { ++left; });
        bar.show();
    }
    void enter(const QString& text) {
        bar.edit()->setText(text);
        QTest::keyClick(bar.edit(), Qt::Key_Return);
    }
    template <class Widget>
    Widget* part(const char* name) const {
        return bar.findChild<Widget*>(name);
    }

    FilterBar bar;
    QStringList applied;
    int left = 0;
};

TEST_F(Bar, AppliesARightFilterOnly) {
    enter("fuse.error == ENOENT");
    EXPECT_EQ(applied, QStringList("fuse.error == ENOENT"));
    enter("fuse.error ==");
    EXPECT_EQ(applied.size(), 1);
    EXPECT_FALSE(part<QToolButton>("applyFilter")->isEnabled());
    bar.edit()->setText("fuse.error");
    part<QToolButton>("applyFilter")->click();
    EXPECT_EQ(applied.back(), "fuse.error");
}

TEST_F(Bar, AClickOnItsCrossShowsEverythingAgain) {
    enter("fuse.error == ENOENT");
    auto* cross = bar.edit()->findChild<QToolButton*>();
    ASSERT_NE(cross, nullptr);
    ASSERT_TRUE(QTest::qWaitFor([&] { return cross->isVisible(); }));
    QTest::mouseClick(cross, Qt::LeftButton);
    ASSERT_TRUE(QTest::qWaitFor([&] { return applied.size() == 2; }, 1000));
    EXPECT_EQ(applied.back(), "");
}

TEST_F(Bar, MarksWhatIsWrongInPlace) {
    const QString text = "fuse.error == 1 && fuse.nothing == 2";
    bar.edit()->setText(text);
    EXPECT_EQ(text.mid(bar.edit()->errorBegin(), bar.edit()->errorEnd() - bar.edit()->errorBegin()),
              "fuse.nothing");
    EXPECT_TRUE(bar.error().startsWith("column 20: "));
    bar.edit()->setText("fuse.error == 1");
    EXPECT_EQ(bar.edit()->errorEnd(), 0);
    EXPECT_EQ(bar.error(), "");
}

TEST_F(Bar, MarksTheRightPlaceBehindCharactersOutsideTheBasicPlane) {
    const QString text = QString::fromUtf8("fuse.name == \"\U0001F600\" && nope");
    bar.edit()->setText(text);
    EXPECT_EQ(bar.edit()->errorBegin(), text.indexOf("nope"));
}

TEST_F(Bar, TakesSeveralLines) {
    bar.edit()->setText("fuse.error == ENOENT\n\t&& fuse.unique\r\n");
    EXPECT_EQ(bar.error(), "");
    EXPECT_FALSE(bar.text().contains('\n'));
}

TEST_F(Bar, RefusesWhatIsTooLongAndCutsNothingUnsaid) {
    QString text = "fuse.error == 1";
    while (text.size() <= 64 * 1024)
        text += " || fuse.error == 1";
    bar.edit()->setText(text);
    EXPECT_FALSE(bar.error().isEmpty());
    bar.edit()->setText(text.left(15 + 19 * 3000));
    EXPECT_EQ(bar.error(), "");
}

TEST_F(Bar, EscapeClearsWhatIsWrongThenLeaves) {
    bar.edit()->setText("fuse.nothing");
    QTest::keyClick(bar.edit(), Qt::Key_Escape);
    EXPECT_EQ(bar.text(), "");
    EXPECT_EQ(left, 0);
    QTest::keyClick(bar.edit(), Qt::Key_Escape);
    EXPECT_EQ(left, 1);
}

TEST_F(Bar, RemembersTheLastTwenty) {
    for (int i = 0; i < 25; ++i)
        enter(QStringLiteral("fuse.unique == %1").arg(i));
    enter("fuse.unique == 20");
    EXPECT_EQ(bar.history().size(), FilterBar::history_length);
    EXPECT_EQ(bar.history()[0], "fuse.unique == 20");
    EXPECT_EQ(bar.history()[1], "fuse.unique == 24");
    EXPECT_EQ(bar.history().count("fuse.unique == 20"), 1);
}

TEST_F(Bar, SavesAndAppliesAFilter) {
    bar.edit()->setText("fuse.error < 0");
    QMenu* menu = part<QToolButton>("savedFilters")->menu();
    emit menu->aboutToShow();
    menu->actions().front()->trigger();
    EXPECT_EQ(bar.saved(), QStringList("fuse.error < 0"));
    bar.edit()->clear();
    emit menu->aboutToShow();
    menu->actions().back()->trigger();
    EXPECT_EQ(applied.back(), "fuse.error < 0");
}

TEST_F(Bar, CancelsAFilterThatTakesLong) {
    int cancelled = 0;
    QObject::connect(&bar, &FilterBar::cancelled, &bar, [&] { ++cancelled; });
    EXPECT_FALSE(part<QToolButton>("cancelFilter")->isVisible());
    bar.showProgress(30);
    EXPECT_TRUE(part<QToolButton>("cancelFilter")->isVisible());
    part<QToolButton>("cancelFilter")->click();
    EXPECT_EQ(cancelled, 1);
    bar.showFinished();
    EXPECT_FALSE(part<QToolButton>("cancelFilter")->isVisible());
}

TEST_F(Bar, CompletesTheWordAtTheCursor) {
    bar.edit()->setFocus();
    QTest::keyClicks(bar.edit(), "fuse.error == ENOEN");
    QCompleter* completer = bar.edit()->completer();
    ASSERT_EQ(completer->completionCount(), 1);
    EXPECT_EQ(completer->currentCompletion(), "fuse.error == ENOENT");
}

std::vector<Suggestion> behind(const char* text) {
    return suggestionsAt(QString::fromUtf8(text), QString::fromUtf8(text).size());
}

bool offers(const char* text, const char* word) {
    const auto found = behind(text);
    return std::ranges::find(found, QString::fromUtf8(word), &Suggestion::text) != found.end();
}

TEST(Completion, OffersFieldsWithWhatTheyAre) {
    const auto found = behind("fuse.lat");
    const auto field = std::ranges::find(found, "fuse.latency", &Suggestion::text);
    ASSERT_NE(field, found.end());
    EXPECT_EQ(field->doc, "seconds from request to reply");
    EXPECT_TRUE(offers("", "len("));
    EXPECT_TRUE(offers("fuse.error == 1 && ", "fuse.unique"));
}

TEST(Completion, OffersValuesBehindAComparison) {
    EXPECT_TRUE(offers("fuse.error == ", "ENOENT"));
    EXPECT_TRUE(offers("fuse.unique && fuse.error != EN", "ENOENT"));
    EXPECT_TRUE(offers("fuse.error in {EIO, EN", "ENOENT"));
    EXPECT_TRUE(offers("fuse.direction eq ", "\"reply\""));
    EXPECT_TRUE(offers("fuse.open.flags == ", "O_TRUNC"));
    EXPECT_FALSE(offers("fuse.error == ", "fuse.error"));
}

TEST(Completion, OffersComparisonsBehindAField) {
    EXPECT_TRUE(offers("fuse.name con", "contains"));
    EXPECT_TRUE(behind("fuse.name ").empty());
}

TEST(Completion, OffersNothingInAText) {
    EXPECT_TRUE(behind("fuse.name == \"fuse.").empty());
    EXPECT_FALSE(behind("fuse.name == \"a\" && fuse.").empty());
}

} // namespace
} // namespace fusewire::gui

// Colouring rules: the first that selects a message counts, also by what the checker found.
#include "gui/models/coloring.h"
#include "gui/models/message_list_model.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

namespace fusewire::gui {
namespace {

const QString samples = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/");

class Colours : public ::testing::Test {
  protected:
    void show(const char* name) {
        auto opened = CaptureDocument::open(samples + name);
        ASSERT_TRUE(opened);
        document = std::move(*opened);
        ASSERT_TRUE(waitUntil([this] { return document->isIndexed(); }));
        model.setDocument(document);
    }
    // Name of the row's rule, when it is decoded.
    QString ruleAt(int row) {
        const QModelIndex last = model.index(row, model.columnCount() - 1);
        const QModelIndex frame = model.index(row, 0);
        waitUntil([&] { return !frame.data().toString().isEmpty(); });
        const int rule = last.data(RuleRole).toInt();
        return rule < 0 ? QString() : model.coloring()[static_cast<std::size_t>(rule)].name;
    }

    std::shared_ptr<CaptureDocument> document;
    MessageListModel model{defaultColumns()};
};

TEST(ColoringRules, AllDefaultsAreRightFilters) {
    for (const ColoringRule& rule : defaultColoring()) {
        EXPECT_TRUE(Filter::parse(rule.filter.toStdString())) << rule.filter.toStdString();
        EXPECT_TRUE(rule.light.background && rule.dark.background);
    }
}

TEST_F(Colours, TheFirstRuleThatSelectsCounts) {
    show("lookup-forget.pcapng");
    EXPECT_EQ(ruleAt(0), "Start and end of a connection");
    EXPECT_EQ(ruleAt(9), "Failed");
    EXPECT_EQ(ruleAt(3), "Reply");
    EXPECT_EQ(ruleAt(2), "");
    model.setColoring({{"all", "fuse", true, {}, {}}, {"no", "fuse.error", true, {}, {}}});
    EXPECT_EQ(ruleAt(9), "all");
    model.setColoring({{"all", "fuse", false, {}, {}}, {"wrong", "(", true, {}, {}}});
    EXPECT_EQ(ruleAt(9), "");
}

TEST_F(Colours, FindingsColourRowsWhenTheyAreKnown) {
    show("lookup-handle-session.pcapng");
    EXPECT_NE(ruleAt(17), "Warning found");
    Judge judge(document->input());
    QObject::connect(&judge, &Judge::judged, &model, &MessageListModel::setJudged);
    judge.start();
    EXPECT_TRUE(waitUntil([this] { return ruleAt(17) == "Warning found"; }));
}

} // namespace
} // namespace fusewire::gui

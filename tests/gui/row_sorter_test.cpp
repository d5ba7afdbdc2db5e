// The list in the order of a column: stable, by what the index knows and by what takes decoding, over
// filtered rows, while rows come, and cancelled.
#include "dissector/field_ref.h"
#include "gui/models/message_list_model.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <algorithm>

namespace fusewire::gui {
namespace {

const QString samples = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/");

class Sorting : public ::testing::Test {
  protected:
    void SetUp() override {
        auto opened = CaptureDocument::open(samples + "lookup-forget.pcapng");
        ASSERT_TRUE(opened);
        document = std::move(*opened);
        ASSERT_TRUE(waitUntil([this] { return document->isIndexed(); }));
        model.setDocument(document);
        QObject::connect(&model, &MessageListModel::sortFinished, &model,
                         [this](const QString& text) { error = text; });
    }
    void sortBy(const char* field, Qt::SortOrder order = Qt::AscendingOrder) {
        const auto& columns = model.columns();
        const auto found = std::ranges::find(columns, field, &Column::field);
        ASSERT_NE(found, columns.end());
        model.sort(static_cast<int>(found - columns.begin()), order);
        ASSERT_TRUE(waitUntil([this] { return !model.isSorting(); }));
    }
    std::vector<Row> shown() const {
        std::vector<Row> rows;
        for (int row = 0; row < model.rowCount(); ++row)
            rows.push_back(model.indexRow(row));
        return rows;
    }
    // What the rows hold, in the order shown.
    template <class Key>
    std::vector<std::int64_t> keys(Key key) const {
        std::vector<std::int64_t> found;
        for (const Row row : shown())
            found.push_back(key(document->index()[row]));
        return found;
    }
    void expectPlacesAgree() const {
        for (int row = 0; row < model.rowCount(); ++row)
            EXPECT_EQ(model.modelRow(model.indexRow(row)), row);
    }

    std::shared_ptr<CaptureDocument> document;
    MessageListModel model{defaultColumns()};
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
    QString error;
};

TEST_F(Sorting, OrdersByWhatTheIndexKnows) {
    sortBy("fuse.length", Qt::DescendingOrder);
    const auto lengths = keys([](const FrameRow& row) { return std::int64_t{row.length}; });
    EXPECT_TRUE(std::ranges::is_sorted(lengths, std::greater<>()));
    EXPECT_NE(shown().front(), 0U);
    expectPlacesAgree();
}

TEST_F(Sorting, KeepsEqualRowsInTheOrderOfTheCapture) {
    for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
        sortBy("fuse.conn", order);
        EXPECT_TRUE(std::ranges::is_sorted(shown()));
    }
}

TEST_F(Sorting, PutsRowsWithoutAValueLast) {
    for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
        sortBy("fuse.latency", order);
        const FrameIndex& index = document->index();
        const auto rows = shown();
        const auto known = [&](Row row) { return index.latency_ns(index[row]).has_value(); };
        EXPECT_TRUE(known(rows.front()));
        EXPECT_FALSE(known(rows.back()));
        EXPECT_TRUE(std::ranges::is_partitioned(rows, known));
    }
}

TEST_F(Sorting, OrdersNamesOfOpcodesAsText) {
    sortBy("fuse.opcode_name");
    const auto decoder = document->capture()->decoder();
    std::vector<std::string> names;
    for (const Row row : shown()) {
        FieldValues values;
        std::string name;
        FieldRef::find("fuse.opcode_name")->append(name, values, *decoder->decode(row));
        names.push_back(name.empty() ? "~" : name); // without a name: last
    }
    EXPECT_TRUE(std::ranges::is_sorted(names));
    EXPECT_NE(names.front(), names.back());
}

TEST_F(Sorting, DecodesWhatTheIndexDoesNotKnow) {
    ASSERT_TRUE(model.addFieldColumn("fuse.unique"));
    sortBy("fuse.unique", Qt::DescendingOrder);
    const auto decoder = document->capture()->decoder();
    std::vector<std::uint64_t> uniques;
    for (const Row row : shown())
        uniques.push_back(decoder->decode(row)->message.unique);
    EXPECT_TRUE(std::ranges::is_sorted(uniques, std::greater<>()));
    EXPECT_NE(shown().front(), 0U);
}

TEST_F(Sorting, OrdersTextsBehindTheirFirstBytes) {
    model.sort(model.columnCount() - 1); // the summary
    ASSERT_TRUE(waitUntil([this] { return !model.isSorting(); }));
    EXPECT_EQ(error, "");
    EXPECT_FALSE(std::ranges::is_sorted(shown()));
    std::vector<Row> rows = shown();
    std::ranges::sort(rows);
    EXPECT_EQ(rows.size(), 20U);
    EXPECT_EQ(std::ranges::adjacent_find(rows), rows.end());
}

TEST_F(Sorting, GoesBackToTheOrderOfTheCapture) {
    sortBy("fuse.length", Qt::DescendingOrder);
    model.sort(-1);
    EXPECT_TRUE(std::ranges::is_sorted(shown()));
    EXPECT_EQ(model.sortColumn(), -1);
}

TEST_F(Sorting, SurvivesAnotherFilter) {
    sortBy("fuse.length", Qt::DescendingOrder);
    model.setRows(std::vector<Row>{2, 3, 5, 9, 12});
    EXPECT_TRUE(model.isShown(9));
    EXPECT_FALSE(model.isShown(4));
    ASSERT_TRUE(waitUntil([this] { return !model.isSorting(); }));
    const auto lengths = keys([](const FrameRow& row) { return std::int64_t{row.length}; });
    EXPECT_TRUE(std::ranges::is_sorted(lengths, std::greater<>()));
    EXPECT_EQ(model.modelRow(4), -1);
    expectPlacesAgree();
}

TEST_F(Sorting, SortsInTheRowsThatComeLater) {
    model.setRows(std::vector<Row>{2, 3});
    sortBy("fuse.length", Qt::DescendingOrder);
    model.appendRows({9, 12, 14});
    EXPECT_EQ(model.indexRow(4), 14U);
    expectPlacesAgree();
    ASSERT_TRUE(waitUntil([this] {
        return std::ranges::is_sorted(
            keys([](const FrameRow& row) { return std::int64_t{row.length}; }), std::greater<>());
    }));
    EXPECT_EQ(model.rowCount(), 5);
    expectPlacesAgree();
}

TEST_F(Sorting, LeavesTheOrderThatItHadWhenItIsCancelled) {
    sortBy("fuse.length", Qt::DescendingOrder);
    const auto before = shown();
    model.sort(0);
    model.cancelSort();
    EXPECT_EQ(shown(), before);
    EXPECT_EQ(model.columns()[static_cast<std::size_t>(model.sortColumn())].field, "fuse.length");
    EXPECT_EQ(model.sortOrder(), Qt::DescendingOrder);
}

TEST_F(Sorting, StaysWithItsColumnWhenColumnsChange) {
    sortBy("fuse.length", Qt::DescendingOrder);
    const auto before = shown();
    auto columns = model.columns();
    columns.erase(columns.begin());
    model.setColumns(columns);
    EXPECT_EQ(shown(), before);
    EXPECT_EQ(model.columns()[static_cast<std::size_t>(model.sortColumn())].field, "fuse.length");
    std::erase_if(columns, [](const Column& column) { return column.field == "fuse.length"; });
    model.setColumns(columns);
    EXPECT_EQ(model.sortColumn(), -1);
    EXPECT_TRUE(std::ranges::is_sorted(shown()));
}

} // namespace
} // namespace fusewire::gui

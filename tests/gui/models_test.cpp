// The viewer's models over the samples: what they show, and that they keep Qt's rules for models.
#include "gui/models/capture_document.h"
#include "gui/models/message_list_model.h"
#include "gui/models/message_tree_model.h"
#include "gui/models/row_filter.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>

namespace fusewire::gui {
namespace {

const QString samples = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/");

std::shared_ptr<CaptureDocument> opened(const QString& name) {
    auto document = CaptureDocument::open(samples + name);
    EXPECT_TRUE(document) << document.error().message;
    return document ? std::shared_ptr<CaptureDocument>(std::move(*document)) : nullptr;
}

class MessageList : public ::testing::Test {
  protected:
    void show(const QString& name) {
        document = opened(name);
        model.setDocument(document);
        ASSERT_TRUE(waitUntil([this] { return document->isIndexed(); }));
    }
    // As soon as it was decoded.
    QString cell(int row, int column) {
        const auto text = [&] { return model.index(row, column).data().toString(); };
        text();
        waitUntil([&] { return !text().isEmpty(); });
        return text();
    }
    int column(const QString& title) const {
        for (int i = 0; i < model.columnCount(); ++i)
            if (model.headerData(i, Qt::Horizontal, Qt::DisplayRole) == title)
                return i;
        return -1;
    }
    std::vector<quint64> frames() const {
        std::vector<quint64> shown;
        for (int row = 0; row < model.rowCount(); ++row)
            shown.push_back(model.index(row, 0).data(FrameRole).toULongLong());
        return shown;
    }
    std::vector<quint64> filtered(const char* text) {
        model.setRows(std::vector<Row>());
        RowFilter filter(document->capture(), document->input(), *Filter::parse(text));
        bool finished = false;
        QObject::connect(&filter, &RowFilter::found, &model, &MessageListModel::appendRows);
        QObject::connect(&filter, &RowFilter::finished, &model, [&] { finished = true; });
        filter.start();
        EXPECT_TRUE(waitUntil([&] { return finished; }));
        return frames();
    }

    std::shared_ptr<CaptureDocument> document;
    MessageListModel model{defaultColumns()};
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(MessageList, HasARowForEachMessage) {
    show("lookup-forget.pcapng");
    EXPECT_EQ(model.rowCount(), 20);
    EXPECT_EQ(cell(2, column("Opcode")), "LOOKUP");
    EXPECT_EQ(cell(2, column("Info")), "\"docs\"");
    EXPECT_EQ(cell(3, column("nodeid")), "1");
    EXPECT_EQ(cell(2, column("Time")), "0.000020");
}

TEST_F(MessageList, WritesDurationsForPeopleAndKeepsThemForFilters) {
    show("lookup-forget.pcapng");
    EXPECT_EQ(cell(9, column("Latency")), "39 µs");
    EXPECT_EQ(model.index(9, column("Latency")).data(ExactRole).toString(), "0.000039000");
}

TEST_F(MessageList, LinksRequestAndReply) {
    show("lookup-forget.pcapng");
    EXPECT_EQ(model.index(14, 0).data(PartnerRole), 17);
    EXPECT_EQ(model.index(17, 0).data(PartnerRole), 14);
    EXPECT_EQ(model.index(18, 0).data(PartnerRole), -1);
}

TEST_F(MessageList, ShowsWhatAFilterSelects) {
    show("lookup-forget.pcapng");
    EXPECT_EQ(filtered("fuse.error == ENOENT"), std::vector<quint64>({10}));
    EXPECT_EQ(filtered("fuse.request.name contains \"me\""), std::vector<quint64>({5, 6}));
    EXPECT_EQ(model.index(0, 0).data(PartnerRole), 1);
    model.setRows(std::nullopt);
    EXPECT_EQ(model.rowCount(), 20);
}

TEST_F(MessageList, FiltersByFindings) {
    show("lookup-handle-session.pcapng");
    EXPECT_EQ(filtered("fuse.finding == \"handle-empty\""), std::vector<quint64>({18}));
}

TEST_F(MessageList, ShowsAnotherCapture) {
    show("lookup-forget.pcapng");
    show("xattr.pcapng");
    EXPECT_EQ(model.rowCount(), 24);
    EXPECT_EQ(cell(2, column("Opcode")), "SETXATTR");
    model.setDocument(nullptr);
    EXPECT_EQ(model.rowCount(), 0);
}

class FieldTree : public ::testing::Test {
  protected:
    void show(const QString& capture, Row row) {
        document = opened(capture);
        RowReader reader(document->capture(), {});
        MessagePtr message;
        QObject::connect(&reader, &RowReader::messageRead, &model,
                         [&](const MessagePtr& read) { message = read; });
        reader.askMessage(row);
        ASSERT_TRUE(waitUntil([&] { return message != nullptr; }));
        model.setMessage(message);
    }
    QModelIndex find(const QString& field, const QModelIndex& below = {}) const {
        for (int row = 0; row < model.rowCount(below); ++row) {
            const QModelIndex here = model.index(row, 0, below);
            if (here.data(FieldRole).toString() == field)
                return here;
            if (const QModelIndex deeper = find(field, here); deeper.isValid())
                return deeper;
        }
        return {};
    }

    std::shared_ptr<CaptureDocument> document;
    MessageTreeModel model;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(FieldTree, KnowsNameValueAndPlaceOfAField) {
    show("lookup-forget.pcapng", 3);
    const QModelIndex mode = find("fuse.lookup.attr.mode");
    ASSERT_TRUE(mode.isValid());
    EXPECT_EQ(mode.siblingAtColumn(1).data().toString(), "040755 (S_IFDIR 0755)");
    EXPECT_EQ(mode.data(LiteralRole), "16877");
    EXPECT_EQ(mode.data(WidthRole), 4);
    EXPECT_EQ(model.fieldAt(mode.data(OffsetRole).toUInt()), mode);
}

TEST_F(FieldTree, BeginsWithWhatTheFrameTells) {
    show("lookup-forget.pcapng", 3);
    const QModelIndex frame = model.index(0, 0);
    EXPECT_EQ(frame.data().toString(), "Frame");
    EXPECT_EQ(frame.siblingAtColumn(1).data().toString(), "4");
    const auto value = [this](const char* field) {
        return find(field).siblingAtColumn(1).data().toString();
    };
    EXPECT_EQ(value("frame.time_epoch"), "2026-02-25 12:00:00.000105000 UTC");
    EXPECT_EQ(value("fuse.latency"), "85 us");
    EXPECT_EQ(value("fuse.request_frame"), "3");
    EXPECT_EQ(find("fuse.request_frame").data(NamedFrameRole).toULongLong(), 3U);
    EXPECT_FALSE(find("fuse.reply_frame").isValid());
    EXPECT_EQ(find("fuse.latency").data(WidthRole), 0);
}

// Each field's name and value, written as a filter, select the message that they were taken from.
TEST_F(FieldTree, EveryFieldCanBeAFilter) {
    for (const char* name : {"lookup-handle-session.pcapng", "open-read-write.pcapng",
                             "extensions.pcapng", "directories.pcapng", "big-endian.pcapng"}) {
        const auto capture = opened(name);
        ASSERT_TRUE(waitUntil([&] { return capture->isIndexed(); }));
        const auto decoder = capture->capture()->decoder();
        for (Row row = 0; row < capture->rows(); ++row) {
            const auto decoded = decoder->decode(row);
            ASSERT_TRUE(decoded);
            std::vector<TreeRow> fields = frame_rows(*decoded);
            std::ranges::move(tree_rows(decoded->message), std::back_inserter(fields));
            for (const TreeRow& field : fields) {
                if (field.field.empty() || field.literal.empty())
                    continue;
                auto filter = Filter::parse(field.field + " == " + field.literal);
                ASSERT_TRUE(filter) << field.field << ": " << filter.error().message;
                EXPECT_TRUE(filter->matches(*decoded))
                    << name << " " << row << " " << filter->text();
            }
        }
    }
}

TEST(CaptureDocumentTest, SaysWhatIsNoCapture) {
    const auto document = CaptureDocument::open(samples + "README.md");
    ASSERT_FALSE(document);
    EXPECT_NE(document.error().message.find("README.md"), std::string::npos);
}

} // namespace
} // namespace fusewire::gui

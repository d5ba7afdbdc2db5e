// How times are written: from what they are counted, and how finely.
#include "gui/models/capture_document.h"
#include "gui/models/message_list_model.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QDateTime>
#include <cstdlib>
#include <ctime>

namespace fusewire::gui {
namespace {

class Times : public ::testing::Test {
  protected:
    void SetUp() override {
        setenv("TZ", "Asia/Kolkata", 1); // 5:30 before UTC, all the year
        tzset();
        auto opened =
            CaptureDocument::open(QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/lookup-forget.pcapng"));
        ASSERT_TRUE(opened);
        document = std::move(*opened);
        model.setDocument(document);
        ASSERT_TRUE(waitUntil([this] { return document->isIndexed(); }));
    }
    QString text(int row, TimeFormat format) {
        model.setTimeFormat(std::move(format));
        return model.index(row, 1).data().toString();
    }
    QString text(int row, TimeFrom from, TimePrecision precision = TimePrecision::automatic) {
        return text(row, TimeFormat{from, precision, {}});
    }

    std::shared_ptr<CaptureDocument> document;
    MessageListModel model{defaultColumns()};
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(Times, CountFromTheFirstMessage) {
    EXPECT_EQ(text(0, TimeFrom::first), "0.000000");
    EXPECT_EQ(text(18, TimeFrom::first), "2.000399");
}

TEST_F(Times, CountFromThePreviousMessageThatIsShown) {
    EXPECT_EQ(text(0, TimeFrom::previous), "0.000000");
    EXPECT_EQ(text(3, TimeFrom::previous), "0.000085");
    model.setRows(std::vector<Row>{0, 18});
    EXPECT_EQ(text(1, TimeFrom::previous), "2.000399");
}

TEST_F(Times, CountFromTheRequest) {
    EXPECT_EQ(text(17, TimeFrom::request), "0.000050");
    EXPECT_EQ(text(16, TimeFrom::request), "0.000030");
    EXPECT_EQ(text(2, TimeFrom::request), "");
}

TEST_F(Times, AreThoseOfADay) {
    const std::int64_t time = document->index()[18].time_ns;
    const QString utc = text(18, TimeFrom::utc);
    const QString local = text(18, TimeFrom::local);
    EXPECT_EQ(
        text(18, TimeFrom::epoch),
        QString("%1.%2").arg(time / 1'000'000'000).arg(time % 1'000'000'000, 9, 10, QChar('0')));
    const auto parsed = [](const QString& shown) {
        return QDateTime::fromString(shown.left(19) + "Z", Qt::ISODate);
    };
    EXPECT_EQ(parsed(utc).toSecsSinceEpoch(), time / 1'000'000'000);
    EXPECT_EQ(parsed(utc).secsTo(parsed(local)), 5 * 3600 + 30 * 60);
    EXPECT_EQ(utc.mid(19), local.mid(19));
}

TEST_F(Times, AreCutToAPrecision) {
    EXPECT_EQ(text(18, TimeFrom::first, TimePrecision::seconds), "2");
    EXPECT_EQ(text(18, TimeFrom::first, TimePrecision::milliseconds), "2.000");
    EXPECT_EQ(text(3, TimeFrom::first, TimePrecision::nanoseconds), "0.000105000");
}

TEST_F(Times, CountFromAReference) {
    const TimeFormat format{TimeFrom::first, TimePrecision::automatic, {3, 18}};
    EXPECT_EQ(text(2, format), "0.000020");
    EXPECT_EQ(text(3, format), "*REF*");
    EXPECT_EQ(text(4, format), "0.000010");
    EXPECT_EQ(text(19, format), "0.000010");
    model.setDocument(document);
    EXPECT_TRUE(model.timeFormat().references.empty());
}

} // namespace
} // namespace fusewire::gui

// The frame index: every row, decoded alone and in any order, is what a session gives that has read the
// whole capture before.
#include "capture/import.h"
#include "capture/indexer.h"
#include "dissector/judged_session.h"
#include "dissector/opcodes.h"
#include "dissector/render/json.h"
#include "dissector/render/text.h"
#include "tests/capture/records.h"
#include "tests/samples/sample_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace fusewire::samples {
namespace {

using test::TempDir;

std::string number_or_none(const std::optional<std::int64_t>& value) {
    return value ? fmt::format("{}", *value) : "-";
}

// Everything that a view can show of a message.
std::string picture(const Decoded& decoded) {
    const Exchange& exchange = decoded.exchange;
    std::string out = fmt::format(
        "request {} reply {} latency {} again {} unseen {} ends {} began {} conn {:x}\n",
        exchange.request_frame, exchange.reply_frame, number_or_none(exchange.latency_ns),
        exchange.again, exchange.began_unseen, exchange.ends_request,
        number_or_none(exchange.began_ns), static_cast<std::uint32_t>(decoded.record.conn));
    append_line(out, decoded, {});
    out += '\n';
    append_tree(out, decoded, {});
    append_json(out, decoded);
    out += '\n' + hex(decoded.message.bytes) + '\n' + summary(decoded);
    if (exchange.request != nullptr) {
        const Record asked{.frame = exchange.request_frame};
        out += "answers " + summary({asked, *exchange.request, exchange});
        out += hex(exchange.request->bytes) + '\n';
    }
    return out;
}

// The same from the facts of a list.
std::string headline(const Decoded& decoded) {
    const Message& message = decoded.message;
    const bool is_reply =
        message.kind == MessageKind::reply || message.kind == MessageKind::write_result;
    return fmt::format(
        "{} {} op {} known {} error {} length {} conn {:x} time {} truncated {} lost {}",
        decoded.record.frame, direction_name(message.kind), message.opcode_number,
        message.opcode_known, is_reply ? message.error : 0, decoded.record.wire_length,
        static_cast<std::uint32_t>(decoded.record.conn), decoded.record.time_ns,
        (decoded.record.flags & record_truncated) != 0,
        (decoded.record.flags & record_lost_before) != 0);
}

std::string headline(const FrameRow& row) {
    return fmt::format(
        "{} {} op {} known {} error {} length {} conn {:x} time {} truncated {} lost {}", row.frame,
        direction_name(row.kind), row.opcode_number, row.has(frame_opcode_known), row.error,
        row.length, static_cast<std::uint32_t>(row.conn), row.time_ns, row.has(frame_truncated),
        row.has(frame_lost_before));
}

struct Told {
    std::vector<std::string> pictures;
    std::vector<std::string> headlines;
    std::string error;
};

Told told_in_order(const std::string& path, std::optional<DialectName> forced) {
    Told told;
    auto source = open_capture(path);
    if (!source)
        return {{}, {}, source.error().message};
    constexpr ViewNeeds headers{.body = false, .findings = false};
    constexpr ViewNeeds bodies{.body = true, .findings = false};
    Record record;
    JudgedSession survey(headers);
    survey.keep_first_pass();
    while ((*source)->next(record).value_or(false))
        survey.see(record);
    const FirstPass known = survey.first_pass();
    EXPECT_TRUE((*source)->rewind());
    JudgedSession session(bodies, &known);
    if (forced)
        session.force_dialect(*forced);
    auto more = (*source)->next(record);
    for (; more && *more; more = (*source)->next(record)) {
        const Decoded decoded = session.see(record);
        told.pictures.push_back(picture(decoded));
        told.headlines.push_back(headline(decoded));
    }
    if (!more)
        told.error = more.error().message;
    return told;
}

std::vector<Row> shuffled(Row count, unsigned seed) {
    std::vector<Row> rows(count);
    std::iota(rows.begin(), rows.end(), Row{0});
    std::shuffle(rows.begin(), rows.end(), std::mt19937(seed));
    return rows;
}

void expect_same(const std::string& expected, const std::string& actual, Row row,
                 const std::string& path) {
    if (expected != actual)
        ADD_FAILURE() << path << " row " << row << "\n--- in order\n"
                      << expected << "\n--- alone\n"
                      << actual;
}

void expect_same_rows(const Indexer& indexer, const Told& told, const std::string& path,
                      std::optional<DialectName> forced) {
    const FrameIndex& index = indexer.index();
    ASSERT_EQ(index.size(), told.pictures.size()) << path;
    EXPECT_TRUE(index.complete());
    const auto decoder = indexer.decoder();
    if (forced)
        decoder->force_dialect(*forced);
    for (const Row row : shuffled(index.size(), 7)) {
        const auto decoded = decoder->decode(row);
        ASSERT_TRUE(decoded) << path << ": " << decoded.error().message;
        expect_same(told.pictures[row], picture(*decoded), row, path);
        expect_same(told.headlines[row], headline(index[row]), row, path);
        if (::testing::Test::HasFailure())
            return;
    }
}

void expect_index_tells_all(const std::string& path,
                            std::optional<DialectName> forced = std::nullopt) {
    const Told told = told_in_order(path, forced);
    auto indexer = Indexer::open(path);
    if (!indexer) {
        EXPECT_EQ(indexer.error().message, told.error) << path;
        return;
    }
    auto more = (*indexer)->step(3);
    while (more && *more)
        more = (*indexer)->step(1000);
    EXPECT_EQ(more ? "" : more.error().message, told.error) << path;
    expect_same_rows(**indexer, told, path, forced);
}

std::vector<std::string> sample_captures() {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(samples_folder()))
        if (entry.path().extension() == ".pcapng" || entry.path().extension() == ".pcap")
            paths.push_back(entry.path().string());
    std::sort(paths.begin(), paths.end());
    return paths;
}

std::vector<std::string> raw_samples() {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(samples_folder()))
        if (entry.path().extension() == ".raw")
            paths.push_back(entry.path().string());
    std::sort(paths.begin(), paths.end());
    return paths;
}

void import_raw(const std::string& from, const std::string& to, FileFormat format) {
    auto source = open_import(from, ImportFormat::raw);
    ASSERT_TRUE(source);
    auto sink = create_capture(to, format);
    ASSERT_TRUE(sink);
    Record record;
    while ((*source)->next(record).value_or(false))
        ASSERT_TRUE((*sink)->write(record));
    ASSERT_TRUE((*sink)->flush());
}

TEST(FrameIndex, TellsOfEverySampleWhatReadingInOrderTells) {
    const auto paths = sample_captures();
    ASSERT_GT(paths.size(), 300u);
    for (const std::string& path : paths)
        expect_index_tells_all(path);
}

TEST(FrameIndex, TellsOfRealTrafficWhatReadingInOrderTells) {
    const TempDir dir;
    const auto paths = raw_samples();
    ASSERT_GT(paths.size(), 20u);
    for (const std::string& path : paths)
        for (const FileFormat format : {FileFormat::pcapng, FileFormat::pcap}) {
            import_raw(path, dir.path("c"), format);
            expect_index_tells_all(dir.path("c"));
        }
}

TEST(FrameIndex, DecodesInADialectThatIsForced) {
    for (const std::string& path : sample_captures())
        if (path.find("/rules/") == std::string::npos)
            expect_index_tells_all(path, DialectName::fusex_a);
}

// Random bytes changed at random places, and sometimes the end cut off.
std::string damaged(std::string contents, std::mt19937& random) {
    const std::size_t changes = 1 + random() % 8;
    for (std::size_t i = 0; i < changes; ++i)
        contents[random() % contents.size()] = static_cast<char>(random());
    if (random() % 4 == 0)
        contents.resize(1 + random() % contents.size());
    return contents;
}

TEST(FrameIndex, TellsOfDamagedCapturesWhatReadingInOrderTells) {
    constexpr int variants = 4;
    const TempDir dir;
    std::mt19937 random(5);
    for (const std::string& path : sample_captures()) {
        const std::string contents = contents_of(path);
        const bool is_long = contents.size() > 100'000;
        for (int i = 0; i < (is_long ? 2 : variants) && !::testing::Test::HasFailure(); ++i) {
            test::write_file(dir.path("c"), test::bytes_of(damaged(contents, random)));
            expect_index_tells_all(dir.path("c"));
            if (::testing::Test::HasFailure())
                ADD_FAILURE() << path << " variant " << i;
        }
    }
}

// Whether a request waits for a reply is told before its dialect is known for good.
TEST(FrameIndex, NoDialectChangesWhichRequestsAreAnswered) {
    for (std::uint32_t number = 0; number < 200; ++number)
        for (int name = 0; name < dialect_count; ++name) {
            const Opcode* there = find_opcode(number, static_cast<DialectName>(name));
            const Opcode* upstream = find_opcode(number, DialectName::upstream);
            const bool unanswered = there != nullptr && there->no_reply;
            EXPECT_EQ(unanswered, upstream != nullptr && upstream->no_reply) << number;
        }
}

} // namespace
} // namespace fusewire::samples

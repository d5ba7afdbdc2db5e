// The committed captures are those that their texts describe, and together they show every message.
#include "dissector/opcodes.h"
#include "tests/capture/temp_dir.h"
#include "tests/samples/sample_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "samples/builder/write_sample.h"

namespace fusewire::samples {
namespace {

TEST(CommittedSamples, AreBuiltFromTheirTexts) {
    const test::TempDir folder;
    const std::vector<SampleFile> files = sample_files();
    ASSERT_GE(files.size(), 20u);
    for (const SampleFile& file : files) {
        const std::filesystem::path committed = file.beside(".pcapng");
        const std::string fresh = folder.path("sample.pcapng");
        const auto written =
            write_capture(file.sample, updates_golden() ? committed.string() : fresh);
        ASSERT_TRUE(written) << written.error().message;
        if (updates_golden())
            std::filesystem::permissions(committed, std::filesystem::perms(0644));
        const std::string expected = contents_of(updates_golden() ? committed.string() : fresh);
        EXPECT_EQ(contents_of(committed), expected)
            << committed << " is not what " << file.text
            << " describes; FUSEWIRE_UPDATE_GOLDEN=1 writes it anew";
    }
}

TEST(CommittedSamples, ReadBackAsTheyWereBuilt) {
    for (const SampleFile& file : sample_files()) {
        auto source = open_capture(file.beside(".pcapng").string());
        ASSERT_TRUE(source) << source.error().message;
        Record record;
        for (const SampleRecord& expected : file.sample.records) {
            const auto more = (*source)->next(record);
            ASSERT_TRUE(more && *more) << file.text;
            EXPECT_EQ(hex(record.bytes), hex(expected.bytes))
                << file.text << " frame " << record.frame;
            EXPECT_EQ(record.time_ns, expected.header.time_ns);
            EXPECT_EQ(record.wire_length, expected.header.wire_length);
            EXPECT_EQ(record.flags, expected.header.flags);
            EXPECT_EQ(record.comment, expected.comment);
        }
        EXPECT_TRUE((*source)->warnings().empty())
            << file.text << ": " << (*source)->warnings().front();
    }
}

TEST(CommittedSamples, AreSmall) {
    for (const SampleFile& file : sample_files())
        EXPECT_LE(std::filesystem::file_size(file.beside(".pcapng")), 128u * 1024) << file.text;
}

// The first comment of a text in one line.
std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

std::string readme_rows() {
    std::string rows =
        "| capture | what it shows | dialect | origin |\n| --- | --- | --- | --- |\n";
    for (const SampleFile& file : sample_files())
        rows +=
            fmt::format("| [{0}]({0}.txt) | {1} | {2} | made from its text |\n", file.sample.name,
                        one_line(file.sample.description), spelling(file.sample.dialect));
    return rows;
}

TEST(CommittedSamples, HaveTheirRowsInTheReadme) {
    const std::filesystem::path path = samples_folder() / "README.md";
    const std::string readme = contents_of(path);
    const std::string_view first = "keeps them so -->\n", last = "<!-- end of rows -->";
    const std::size_t begin = readme.find(first);
    const std::size_t end = readme.find(last);
    ASSERT_NE(begin, std::string::npos);
    ASSERT_NE(end, std::string::npos);
    expect_golden(path,
                  readme.substr(0, begin + first.size()) + readme_rows() + readme.substr(end));
}

TEST(CommittedSamples, SayWhatTheyShow) {
    for (const SampleFile& file : sample_files())
        EXPECT_GE(file.sample.description.size(), 40u) << file.text;
}

// What the samples hold of one table of messages.
struct Seen {
    std::set<const Opcode*> requests;
    std::set<const Opcode*> replies; // successful
    std::set<const Opcode*> notifications;
};

void add(Seen& seen, const Message& message) {
    if (message.kind == MessageKind::request)
        seen.requests.insert(message.opcode);
    else if (message.kind == MessageKind::reply && message.error == 0)
        seen.replies.insert(message.opcode);
    else if (message.kind == MessageKind::notification)
        seen.notifications.insert(message.opcode);
    for (const SubMessage& sub : message.subs)
        if (message.kind == MessageKind::request)
            seen.requests.insert(sub.opcode);
        else if (sub.error == 0)
            seen.replies.insert(sub.opcode);
}

TEST(CommittedSamples, ShowEveryRequestReplyAndNotification) {
    Seen seen;
    for (const SampleFile& file : sample_files()) {
        SampleSource source(file.sample);
        look_at(source, file.sample.dialect,
                [&](const Decoded& decoded) { add(seen, decoded.message); });
    }
    for (const Opcode* opcode : all_opcodes()) {
        EXPECT_TRUE(seen.requests.contains(opcode))
            << "no sample has a " << opcode->name << " request";
        const bool answered = !opcode->no_reply && !opcode->optional_reply;
        EXPECT_TRUE(!answered || seen.replies.contains(opcode))
            << "no sample has a successful " << opcode->name << " reply";
    }
    for (const Opcode* notification : all_notifications())
        EXPECT_TRUE(seen.notifications.contains(notification))
            << "no sample has a notification " << notification->name;
}

} // namespace
} // namespace fusewire::samples

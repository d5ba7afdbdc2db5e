// Real captures: every message of every raw file in samples/captures/ is known and shown to its last
// byte, and correct servers give no findings. FUSEWIRE_CAPTURES names another folder.
#include "capture/import.h"
#include "dissector/opcodes.h"
#include "dissector/session.h"
#include "tests/dissector/node_coverage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

using namespace fusewire;

namespace {

std::vector<std::filesystem::path> captures() {
    const char* named = std::getenv("FUSEWIRE_CAPTURES");
    const std::filesystem::path folder = named != nullptr ? named : FUSEWIRE_SAMPLES;
    std::vector<std::filesystem::path> files;
    if (std::filesystem::is_directory(folder))
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
            if (entry.path().extension() == ".raw")
                files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

bool has_unexplained_bytes(const Message& message) {
    return std::any_of(message.nodes.begin(), message.nodes.end(),
                       [](const Node& node) { return node.field == &field::trailing; });
}

// By the names of the files: "ok-" and "good-" are recordings of correct servers.
bool is_of_correct_server(const std::filesystem::path& file) {
    const std::string name = file.filename().string();
    return name.starts_with("ok-") || name.starts_with("good-");
}

void check(const Record& record, const Message& message) {
    SCOPED_TRACE("record " + std::to_string(record.frame));
    fusewire::testing::expect_each_byte_once(message, record.wire_length);
    fusewire::testing::expect_children_inside_parents(message);
    for (const Finding& finding : message.findings)
        EXPECT_NE(finding.rule, Rule::opcode_unknown) << message.opcode_number;
    EXPECT_TRUE(!message.findings.empty() || !has_unexplained_bytes(message));
}

} // namespace

TEST(Captures, EveryMessageIsKnownAndShownToItsLastByte) {
    const std::vector<std::filesystem::path> files = captures();
    if (files.empty())
        GTEST_SKIP() << "no raw captures in " << FUSEWIRE_SAMPLES;
    std::size_t messages = 0;
    for (const std::filesystem::path& file : files) {
        SCOPED_TRACE(file.filename().string());
        auto source = open_import(file.string(), ImportFormat::raw);
        ASSERT_TRUE(source) << source.error().message;
        Session session;
        Record record;
        Message message;
        Exchange exchange;
        while ((*source)->next(record).value_or(false)) {
            session.see(record, message, exchange);
            check(record, message);
            EXPECT_TRUE(message.findings.empty() || !is_of_correct_server(file));
            ++messages;
        }
    }
    std::printf("%zu messages in %zu captures\n", messages, files.size());
}

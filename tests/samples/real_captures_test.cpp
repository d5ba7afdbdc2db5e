// The recorded captures of real traffic: every byte of every message is explained, and what is wrong with
// those of bad servers is found where it was found before.
#include "capture/import.h"
#include "dissector/opcodes.h"
#include "tests/samples/sample_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace fusewire::samples {
namespace {

std::vector<std::filesystem::path> captures_in(std::string_view folder) {
    std::vector<std::filesystem::path> captures;
    for (const auto& entry :
         std::filesystem::directory_iterator(samples_folder() / "captures" / folder))
        if (entry.path().extension() == ".raw" || entry.path().extension() == ".pcapng")
            captures.push_back(entry.path());
    std::sort(captures.begin(), captures.end());
    return captures;
}

Result<std::unique_ptr<RecordSource>> open(const std::filesystem::path& path) {
    return path.extension() == ".raw" ? open_import(path.string(), ImportFormat::raw)
                                      : open_capture(path.string());
}

bool is_leaf(const Message& message, std::size_t index) {
    return message.nodes[index].width > 0 && message.end_of(index) == index + 1;
}

// Offsets that no leaf of the tree covers, the NUL behind a name left out.
std::vector<std::size_t> uncovered(const Message& message) {
    std::vector<bool> covered(message.bytes.size());
    for (std::size_t i = 0; i < message.nodes.size(); ++i) {
        const Node& node = message.nodes[i];
        if (!is_leaf(message, i) && node.width > 0)
            continue;
        const bool has_nul = node.field->kind == Kind::name || node.field->kind == Kind::text;
        const std::size_t end =
            std::min<std::size_t>(node.offset + node.width + (has_nul ? 1 : 0), covered.size());
        for (std::size_t at = node.offset; at < end; ++at)
            covered[at] = true;
    }
    std::vector<std::size_t> missing;
    for (std::size_t at = 0; at < covered.size(); ++at)
        if (!covered[at])
            missing.push_back(at);
    return missing;
}

// What a capture holds, in a form that a change of the decoder shows in.
struct Tally {
    std::size_t messages = 0;
    std::map<std::string, int> kinds;
    std::vector<std::string> problems; // findings and bytes shown only as bytes

    void add(const Decoded& decoded);
    std::string text(const std::string& name) const;
};

void Tally::add(const Decoded& decoded) {
    const Message& message = decoded.message;
    ++messages;
    constexpr std::string_view signs[] = {">", "<", "!"};
    const std::string opcode =
        message.opcode != nullptr ? message.opcode->name : fmt::format("{}", message.opcode_number);
    std::string kind = fmt::format("{} {}", signs[static_cast<std::size_t>(message.kind)], opcode);
    for (const SubMessage& sub : message.subs)
        kind += fmt::format(" + {}", sub.opcode != nullptr ? sub.opcode->name : "?");
    ++kinds[kind];
    for (const Finding& finding : message.findings)
        problems.push_back(fmt::format("frame {} {} @{}: {}: {}", decoded.record.frame, kind,
                                       finding.offset, row_of(finding.rule).id, describe(finding)));
    for (const Node& node : message.nodes)
        if (node.field == &field::trailing || node.field == &field::payload)
            problems.push_back(fmt::format("frame {} {} @{}: {} of {} bytes", decoded.record.frame,
                                           kind, node.offset, node.field->name, node.width));
}

std::string Tally::text(const std::string& name) const {
    std::string out = fmt::format("== {}: {} messages\n", name, messages);
    for (const auto& [kind, count] : kinds)
        out += fmt::format("{:5} {}\n", count, kind);
    for (const std::string& problem : problems)
        out += problem + "\n";
    return out;
}

class RealCaptures : public ::testing::TestWithParam<const char*> {};

TEST_P(RealCaptures, DecodeToTheLastByte) {
    for (const std::filesystem::path& path : captures_in(GetParam())) {
        auto source = open(path);
        ASSERT_TRUE(source) << source.error().message;
        look_at(**source, DialectName::unknown, [&](const Decoded& decoded) {
            const std::vector<std::size_t> missing = uncovered(decoded.message);
            EXPECT_TRUE(missing.empty())
                << path << " frame " << decoded.record.frame << " byte " << missing.front();
        });
        EXPECT_TRUE((*source)->warnings().empty()) << path << (*source)->warnings().front();
    }
}

TEST_P(RealCaptures, HoldNoUnknownOpcode) {
    for (const std::filesystem::path& path : captures_in(GetParam())) {
        auto source = open(path);
        ASSERT_TRUE(source) << source.error().message;
        look_at(**source, DialectName::unknown, [&](const Decoded& decoded) {
            for (const Finding& finding : decoded.message.findings)
                EXPECT_NE(finding.rule, Rule::opcode_unknown)
                    << path << " frame " << decoded.record.frame;
        });
    }
}

TEST_P(RealCaptures, AreAllDescribed) {
    std::string text;
    const std::vector<std::filesystem::path> captures = captures_in(GetParam());
    EXPECT_GE(captures.size(), 3u);
    for (const std::filesystem::path& path : captures) {
        auto source = open(path);
        ASSERT_TRUE(source) << source.error().message;
        Tally tally;
        look_at(**source, DialectName::unknown,
                [&](const Decoded& decoded) { tally.add(decoded); });
        text += tally.text(path.filename().string());
    }
    expect_golden(samples_folder() / "captures" / GetParam() / "decoded.expected.txt", text);
}

TEST_P(RealCaptures, HaveTheirRowsInTheReadme) {
    const std::string readme = contents_of(samples_folder() / "README.md");
    for (const std::filesystem::path& path : captures_in(GetParam()))
        EXPECT_NE(readme.find("| " + path.filename().string() + " |"), std::string::npos) << path;
}

INSTANTIATE_TEST_SUITE_P(Folders, RealCaptures, ::testing::Values("classic", "live", "lookup-handle-v3"),
                         [](const auto& parameter) {
                             std::string name = parameter.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

} // namespace
} // namespace fusewire::samples

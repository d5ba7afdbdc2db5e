#include "tests/samples/sample_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace fusewire::samples {

namespace {

constexpr int shown_lines = 10; // of a difference

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

} // namespace

std::filesystem::path SampleFile::beside(std::string_view extension) const {
    std::filesystem::path path = text;
    return path.replace_extension(extension);
}

std::filesystem::path samples_folder() {
    return FUSEWIRE_SAMPLES_FOLDER;
}

std::vector<SampleFile> sample_files() {
    std::vector<SampleFile> files;
    for (const auto& entry : std::filesystem::directory_iterator(samples_folder())) {
        const std::filesystem::path path = entry.path();
        const std::string name = path.filename().string();
        const bool is_text = path.extension() == ".txt" && name != "CMakeLists.txt" &&
                             !name.ends_with(".expected.txt");
        if (!is_text)
            continue;
        auto samples = build_samples_from(path.string());
        if (!samples || samples->size() != 1)
            ADD_FAILURE() << (samples ? path.string() + " has sections" : samples.error().message);
        else
            files.push_back({path, std::move(samples->front())});
    }
    std::sort(files.begin(), files.end(),
              [](const SampleFile& a, const SampleFile& b) { return a.text < b.text; });
    return files;
}

Sample built(std::string_view text) {
    auto samples = build_samples(text, (samples_folder() / "test.txt").string());
    if (samples && samples->size() == 1)
        return std::move(samples->front());
    ADD_FAILURE() << (samples ? "the text has sections" : samples.error().message);
    return {};
}

std::string contents_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string hex(Bytes bytes) {
    std::string out;
    for (const std::byte byte : bytes)
        out += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    return out;
}

void look_at(RecordSource& source, DialectName forced, const Look& look) {
    Session session;
    if (forced != DialectName::unknown)
        session.force_dialect(forced);
    Record record;
    Message message;
    Exchange exchange;
    for (;;) {
        const auto more = source.next(record);
        if (!more) {
            ADD_FAILURE() << more.error().message;
            return;
        }
        if (!*more)
            return;
        session.see(record, message, exchange);
        look({record, message, exchange});
    }
}

std::vector<Judgement> judged(RecordSource& source) {
    Message message;
    Exchange exchange;
    Record record;
    Session session;
    session.keep_survey();
    for (auto more = source.next(record); more && *more; more = source.next(record))
        session.see(record, message, exchange, false);
    EXPECT_TRUE(source.rewind());
    const Survey survey = session.survey();
    Checker checker(&survey);
    for (auto more = source.next(record); more && *more; more = source.next(record))
        checker.see(record, message, exchange);
    checker.finish();
    return checker.judgements();
}

std::string summary(const Decoded& decoded) {
    std::string out = fmt::format(
        "frame {} {} {}\n", decoded.record.frame, static_cast<int>(decoded.message.kind),
        decoded.message.opcode != nullptr ? decoded.message.opcode->name : "-");
    for (const Node& node : decoded.message.nodes)
        out += fmt::format("{:{}}{} {} @{}+{}{}\n", "", 2 * node.depth + 2, node.field->name,
                           node.value, node.offset, node.width, node.cut ? " cut" : "");
    for (const Finding& finding : decoded.message.findings)
        out += fmt::format("  ! {} @{} {}\n", row_of(finding.rule).id, finding.offset,
                           describe(finding));
    return out;
}

bool updates_golden() {
    const char* value = std::getenv("FUSEWIRE_UPDATE_GOLDEN");
    return value != nullptr && std::string_view(value) == "1";
}

std::string difference_from(const std::filesystem::path& path, const std::string& actual) {
    const std::vector<std::string> before = lines_of(contents_of(path));
    const std::vector<std::string> after = lines_of(actual);
    std::string out;
    int shown = 0;
    for (std::size_t i = 0; i < std::max(before.size(), after.size()) && shown < shown_lines; ++i) {
        const std::string* old_line = i < before.size() ? &before[i] : nullptr;
        const std::string* new_line = i < after.size() ? &after[i] : nullptr;
        if (old_line != nullptr && new_line != nullptr && *old_line == *new_line)
            continue;
        ++shown;
        out += fmt::format("line {}\n", i + 1);
        if (old_line != nullptr)
            out += fmt::format("  - {}\n", *old_line);
        if (new_line != nullptr)
            out += fmt::format("  + {}\n", *new_line);
    }
    return out;
}

void expect_golden(const std::filesystem::path& path, const std::string& actual) {
    if (updates_golden()) {
        std::ofstream(path, std::ios::binary | std::ios::trunc) << actual;
        return;
    }
    if (!std::filesystem::exists(path)) {
        ADD_FAILURE() << path << " is missing; FUSEWIRE_UPDATE_GOLDEN=1 writes it";
        return;
    }
    if (contents_of(path) != actual)
        ADD_FAILURE() << path << " differs; FUSEWIRE_UPDATE_GOLDEN=1 accepts the new text\n"
                      << difference_from(path, actual);
}

} // namespace fusewire::samples

// The tables of filters beside this file. selected.txt names captures and, for each filter, the frames
// that it selects; wrong.txt the column and message that a wrong filter gets. FUSEWIRE_UPDATE_GOLDEN=1
// writes what is selected and said now.
#include "capture/source.h"
#include "dissector/filter/filter.h"
#include "dissector/filter/language.h"
#include "dissector/judged_session.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace fusewire {
namespace {

const std::string folder = FUSEWIRE_FILTER_CASES "/";
const std::string samples = FUSEWIRE_SAMPLES_FOLDER "/";

// Calls `look` with each message of a capture, as the second of two passes sees it.
template <class Look>
void each_message(const std::string& name, Look look) {
    auto source = open_capture(samples + name);
    ASSERT_TRUE(source) << source.error().message;
    Record record;
    JudgedSession first({});
    first.keep_first_pass();
    while ((*source)->next(record).value_or(false))
        first.see(record);
    const FirstPass known = first.first_pass();
    ASSERT_TRUE((*source)->rewind());
    JudgedSession second({}, &known);
    while ((*source)->next(record).value_or(false))
        look(second.see(record));
}

// "3-5 9", "all" or "none".
std::string frames_text(const std::vector<bool>& selected) {
    std::string text;
    std::size_t count = 0;
    for (std::size_t i = 0; i < selected.size(); ++i) {
        if (!selected[i])
            continue;
        std::size_t last = i;
        while (last + 1 < selected.size() && selected[last + 1])
            ++last;
        text += text.empty() ? "" : " ";
        text += last == i ? fmt::to_string(i + 1) : fmt::format("{}-{}", i + 1, last + 1);
        count += last - i + 1;
        i = last;
    }
    return count == 0 ? "none" : count == selected.size() ? "all" : text;
}

std::string frames_of(const std::string& capture, const std::string& text) {
    auto filter = Filter::parse(text);
    if (!filter)
        return fmt::format("column {}: {}", filter.error().column, filter.error().message);
    std::vector<bool> selected;
    each_message(capture,
                 [&](const Decoded& decoded) { selected.push_back(filter->matches(decoded)); });
    return frames_text(selected);
}

std::string message_of(const std::string& text) {
    const auto filter = Filter::parse(text);
    return filter ? "nothing is wrong"
                  : fmt::format("{}: {}", filter.error().column, filter.error().message);
}

struct Table {
    std::string expected; // the file
    std::string actual;   // the same with what is true now
    std::set<std::string> filters;
    std::map<std::string, std::size_t> outcomes;
};

// A filter stands at the start of a line and its outcome, indented, on the next one. Comments, blank
// lines and "capture NAME" are kept as they are.
template <class Outcome>
Table run_table(const std::string& name, Outcome outcome) {
    Table table;
    std::ifstream file(folder + name);
    std::ostringstream whole;
    whole << file.rdbuf();
    table.expected = whole.str();
    std::istringstream lines(table.expected);
    std::string line, capture;
    while (std::getline(lines, line)) {
        if (line.starts_with("    "))
            continue;
        table.actual += line + "\n";
        if (line.starts_with("capture "))
            capture = line.substr(8);
        else if (!line.empty() && !line.starts_with("#")) {
            const std::string result = outcome(capture, line);
            table.actual += "    " + result + "\n";
            table.filters.insert(line);
            ++table.outcomes[result];
        }
    }
    if (std::getenv("FUSEWIRE_UPDATE_GOLDEN") != nullptr)
        std::ofstream(folder + name) << table.actual;
    return table;
}

TEST(FilterCases, SelectTheFramesOfTheTable) {
    const Table table = run_table("selected.txt", frames_of);
    EXPECT_EQ(table.actual, table.expected);
    EXPECT_GE(table.filters.size(), 100u);
    EXPECT_LT(table.outcomes.at("none") + table.outcomes.at("all"), table.filters.size() / 5)
        << "most filters tell some messages from others";
}

// The examples of docs/filters.md, on samples that have something for each of them.
TEST(FilterCases, EveryExampleOfTheReferenceSelectsSomeMessages) {
    for (const filter::FilterExample& example : filter::filter_examples()) {
        const std::string text(example.filter);
        ASSERT_TRUE(Filter::parse(text)) << text << ": " << message_of(text);
        std::size_t some = 0;
        for (const char* capture :
             {"open-read-write.pcapng", "lookup-handle-session.pcapng", "lookup-forget.pcapng",
              "losses.pcapng", "notifications.pcapng", "interrupt.pcapng", "names.pcapng"}) {
            const std::string frames = frames_of(capture, text);
            some += frames != "none" && frames != "all" ? 1 : 0;
        }
        EXPECT_GT(some, 0u) << text;
    }
}

TEST(FilterCases, SayWhatIsWrongAndWhere) {
    const Table table = run_table(
        "wrong.txt", [](const std::string&, const std::string& text) { return message_of(text); });
    EXPECT_EQ(table.actual, table.expected);
    EXPECT_GE(table.filters.size(), 100u);
    EXPECT_EQ(table.outcomes.count("nothing is wrong"), 0u);
}

} // namespace
} // namespace fusewire

#include "dissector/render/filters.h"

#include "dissector/filter/language.h"
#include "dissector/render/json_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace fusewire {

namespace {

struct Row {
    std::string form;
    std::string_view doc;
};

struct Section {
    const char* title;
    const char* key; // in JSON
    std::vector<Row> rows;
};

template <class Source>
std::vector<Row> rows_of(Source source) {
    std::vector<Row> rows;
    for (const filter::Phrase& phrase : source)
        rows.push_back({std::string(phrase.form), phrase.doc});
    return rows;
}

std::vector<Row> comparison_rows() {
    std::vector<Row> rows;
    for (const filter::Comparison& row : filter::comparisons())
        rows.push_back({fmt::format("{}, {}", row.symbol, row.word), row.doc});
    return rows;
}

std::vector<Row> operator_rows() {
    std::vector<Row> rows;
    for (const filter::Operator& row : filter::operators())
        rows.push_back({std::string(row.symbol), row.doc});
    return rows;
}

std::vector<Row> function_rows() {
    std::vector<Row> rows;
    for (const filter::Function& row : filter::functions())
        rows.push_back({fmt::format("{}(FIELD)", row.name), row.doc});
    return rows;
}

std::string names_of(std::span<const filter::Unit> units) {
    std::string names;
    for (const filter::Unit& unit : units)
        names.append(names.empty() ? "" : ", ").append(unit.name);
    return names;
}

std::vector<Row> unit_rows() {
    return {{names_of(filter::time_units()), "of spans of time"},
            {names_of(filter::size_units()), "of bytes, by 1024"}};
}

std::vector<Row> example_rows() {
    std::vector<Row> rows;
    for (const filter::FilterExample& example : filter::filter_examples())
        rows.push_back({std::string(example.filter), example.doc});
    return rows;
}

std::vector<Section> sections() {
    return {{"Fields", "fields", rows_of(filter::field_phrases())},
            {"Tests", "tests", rows_of(filter::test_phrases())},
            {"Comparisons", "comparisons", comparison_rows()},
            {"Together", "logic", rows_of(filter::logic_phrases())},
            {"Values", "values", rows_of(filter::value_phrases())},
            {"Units", "units", unit_rows()},
            {"Calculations", "operators", operator_rows()},
            {"Functions", "functions", function_rows()},
            {"Examples", "examples", example_rows()}};
}

// A form as code in a table: markdown splits cells at | even there.
std::string code(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|')
            out += '\\';
        out += c;
    }
    return fmt::format("`{}`", out);
}

constexpr const char* introduction =
    "# Display filters\n\n"
    "Which messages `read -Y FILTER` shows, and what other commands with `-Y` count and print. "
    "The language is Wireshark's; names of fields are those of [fields.md](fields.md). "
    "Generated from the tables of the language by `fusewire filters -T markdown`.\n\n"
    "A comparison needs a value: where a message does not have the field, every comparison is "
    "false, and `!` in front of it true. A field with several values passes when one of them "
    "does (`!=` and `===`: when each does); `any` and `all` in front of it say otherwise. "
    "`fuse.name` is of the message itself: a reply has no name of what was asked, "
    "`fuse.request.name` has.\n\n"
    "A wrong filter ends the command with exit code 2 and tells the column. A filter has at most "
    "65,536 bytes and 200 brackets in each other. A regular expression that needs too many steps "
    "for a text does not match it, which is said at the end.\n";

} // namespace

void append_filters_text(std::string& out) {
    const char* before = "";
    for (const Section& section : sections()) {
        fmt::format_to(std::back_inserter(out), "{}# {}\n\n", before, section.title);
        before = "\n";
        for (const Row& row : section.rows)
            fmt::format_to(std::back_inserter(out), "{}\n    {}\n", row.form, row.doc);
    }
}

void append_filters_json(std::string& out) {
    JsonObject object(out);
    for (const Section& section : sections()) {
        JsonArray rows(object.key(section.key));
        for (const Row& row : section.rows) {
            std::string& element = rows.element();
            element += '\n';
            JsonObject entry(element);
            entry.text("form", row.form);
            entry.text("meaning", row.doc);
            entry.close();
        }
        rows.close();
    }
    object.close();
    out += '\n';
}

void append_filters_markdown(std::string& out) {
    out += introduction;
    for (const Section& section : sections()) {
        fmt::format_to(std::back_inserter(out), "\n## {}\n\n| | |\n|---|---|\n", section.title);
        for (const Row& row : section.rows)
            fmt::format_to(std::back_inserter(out), "| {} | {} |\n", code(row.form), row.doc);
    }
}

} // namespace fusewire

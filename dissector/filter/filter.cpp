#include "dissector/filter/filter.h"

#include "dissector/escape.h"
#include "dissector/filter/program.h"
#include "dissector/utf8.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

namespace fusewire {

namespace {

constexpr std::size_t shown_around = 60; // characters of a long filter on each side of the place

FilterError error_of(const filter::SyntaxError& error, std::string_view text) {
    const std::size_t begin = std::min(error.place.column, text.size());
    return {count_characters(text.substr(0, begin)) + 1,
            std::max<std::size_t>(1, count_characters(text.substr(begin, error.place.length))),
            error.message};
}

// Controls of writing direction, U+200E to U+202E and U+2066 to U+2069, would turn the line around.
bool is_shown(std::string_view character) {
    if (character.size() == 1)
        return character[0] >= 0x20 && character[0] < 0x7f;
    const bool turns = character.starts_with("\xe2\x80") || character.starts_with("\xe2\x81");
    return is_utf8(character) && !turns;
}

// One column each, so that the mark stands below its place.
std::vector<std::string> characters_of(std::string_view text) {
    std::vector<std::string> characters;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + 1;
        while (end < text.size() && !begins_character(text[end]))
            ++end;
        const std::string_view character = text.substr(at, end - at);
        const bool blank = character == "\t" || character == "\n";
        characters.emplace_back(is_shown(character) ? character : blank ? " " : "?");
        at = end;
    }
    return characters;
}

// What a message says of the text is shown as carefully.
std::string careful(std::string_view text) {
    return fmt::format("{}", fmt::join(characters_of(text), ""));
}

} // namespace

std::string describe(const FilterError& error, std::string_view filter) {
    const std::vector<std::string> all = characters_of(filter);
    const std::size_t place = std::min(error.column - 1, all.size());
    const std::size_t begin = place > shown_around ? place - shown_around : 0;
    const std::size_t end = std::min(all.size(), place + shown_around);
    const std::string_view lead = begin > 0 ? "..." : "";
    const std::string_view tail = end < all.size() ? "..." : "";
    const std::size_t marked =
        std::max<std::size_t>(1, std::min(error.length, end > place ? end - place : 1));
    const auto shown = std::span(all).subspan(begin, end - begin);
    return fmt::format("column {}: {}\n  {}{}{}\n  {:{}}^{:~>{}}", error.column,
                       careful(error.message), lead, fmt::join(shown, ""), tail, "",
                       place - begin + lead.size(), "", marked - 1);
}

namespace {

// Compounds hold what people look for in messages.
struct LikelyMeant {
    const char* asked;
    const char* meant;
    const char* hint;
};
constexpr LikelyMeant likely_meant[] = {
    {"fuse.error", "fuse.sub.error", "errors of operations in compounds are in fuse.sub.error"},
    {"fuse.error_name", "fuse.sub.error",
     "errors of operations in compounds are in fuse.sub.error"},
    {"fuse.opcode", "fuse.sub.opcode", "operations in compounds are in fuse.sub.opcode"},
    {"fuse.opcode_name", "fuse.sub.opcode_name",
     "operations in compounds are in fuse.sub.opcode_name"},
};

} // namespace

struct Filter::Parts {
    filter::Program program;
    filter::Scratch scratch;
};

Filter::Filter(std::string text) : text_(std::move(text)), parts_(std::make_unique<Parts>()) {}
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

tl::expected<Filter, FilterError> Filter::parse(std::string_view text) {
    if (text.size() > max_length)
        return tl::unexpected(FilterError{
            1, 1, fmt::format("a filter has at most {} bytes, not {}", max_length, text.size())});
    Filter made{std::string(text)};
    const filter::Syntax syntax = filter::parse(made.text_);
    if (syntax.nodes.empty())
        return tl::unexpected(error_of(syntax.error, text));
    filter::Compiled compiled = filter::compile(syntax);
    if (!compiled.error.message.empty())
        return tl::unexpected(error_of(compiled.error, text));
    made.parts_->program = std::move(compiled.program);
    return made;
}

// Compiled anew: regular expressions keep their state in the program.
Filter Filter::clone() const {
    return *parse(text_);
}

std::uint8_t Filter::needs() const {
    return parts_->program.needs;
}

std::string_view Filter::hint() const {
    const auto asks = [this](const char* field) {
        return std::ranges::find(parts_->program.fields, field, &FieldRef::name) !=
               parts_->program.fields.end();
    };
    const auto likely = std::ranges::find_if(
        likely_meant, [&](const LikelyMeant& row) { return asks(row.asked) && !asks(row.meant); });
    return likely == std::end(likely_meant) ? std::string_view() : likely->hint;
}

bool Filter::matches(const Decoded& decoded) {
    return filter::run(parts_->program, parts_->scratch, decoded);
}

std::uint64_t Filter::undecided() const {
    return parts_->scratch.undecided;
}

} // namespace fusewire

#include "dissector/filter/filter.h"

#include "dissector/escape.h"
#include "dissector/filter/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace fusewire {

namespace {

constexpr std::size_t shown_around = 60; // bytes of a long filter on each side of the place

FilterError error_of(const filter::SyntaxError& error) {
    return {error.place.column + 1, error.place.length, error.message};
}

// What is shown is one column wide for each byte, so that the mark stands below its place.
std::string one_column_each(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c < 0x20 || c > 0x7e)
            c = c == '\t' || c == '\n' ? ' ' : '?';
    return out;
}

} // namespace

std::string describe(const FilterError& error, std::string_view filter) {
    const std::size_t place = std::min(error.column - 1, filter.size());
    const std::size_t begin = place > shown_around ? place - shown_around : 0;
    const std::size_t end = std::min(filter.size(), place + shown_around);
    const std::string_view lead = begin > 0 ? "..." : "";
    const std::string_view tail = end < filter.size() ? "..." : "";
    const std::size_t marked =
        std::max<std::size_t>(1, std::min(error.length, end > place ? end - place : 1));
    std::string message;
    append_printable(message, error.message);
    return fmt::format("column {}: {}\n  {}{}{}\n  {:{}}^{:~>{}}", error.column, message, lead,
                       one_column_each(filter.substr(begin, end - begin)), tail, "",
                       place - begin + lead.size(), "", marked - 1);
}

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
        return tl::unexpected(error_of(syntax.error));
    filter::Compiled compiled = filter::compile(syntax);
    if (!compiled.error.message.empty())
        return tl::unexpected(error_of(compiled.error));
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

bool Filter::matches(const Decoded& decoded) {
    return filter::run(parts_->program, parts_->scratch, decoded);
}

std::uint64_t Filter::gave_up() const {
    return parts_->scratch.gave_up;
}

} // namespace fusewire

// Rules as -a and -b take them: "duration:10", "messages:1000", "size:64M". Each option has a table
// of the rules that it knows, from which what it answers to others is made.
#pragma once

#include "dissector/result.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire {

// A kind of value; nothing for what makes no sense, which is always also 0.
std::optional<std::chrono::nanoseconds> parse_seconds(std::string_view text);
std::optional<std::uint64_t> parse_count(std::string_view text);
std::optional<std::uint64_t> parse_bytes(std::string_view text);     // "64M" too
std::optional<std::uint64_t> parse_kilobytes(std::string_view text); // of 1000 bytes, as dumpcap

template <class Rules>
struct RuleRow {
    std::string_view name;
    std::string_view value; // as in help: "SECONDS"
    std::string_view range; // what such a value is: "more than 0"
    bool (*set)(Rules&, std::string_view value);
};

// Assigns what `parse` makes of the text to a member, for RuleRow::set.
template <auto member, auto parse, class Rules>
bool set_member(Rules& rules, std::string_view text) {
    const auto value = parse(text);
    if (value)
        rules.*member = *value;
    return value.has_value();
}

// "-b x:1: expected duration:SECONDS, size:BYTES or files:N".
[[nodiscard]] tl::unexpected<Error> unknown_rule(std::string_view option, std::string_view rule,
                                                 std::span<const std::string> forms);

// Sets one rule of `option`. Errc::usage says what is expected.
template <class Rules>
[[nodiscard]] Result<void> add_rule(Rules& rules, std::span<const RuleRow<Rules>> rows,
                                    std::string_view option, std::string_view rule) {
    const std::size_t colon = rule.find(':');
    const std::string_view name = rule.substr(0, colon);
    const std::string_view value = colon == rule.npos ? "" : rule.substr(colon + 1);
    std::vector<std::string> forms;
    for (const RuleRow<Rules>& row : rows) {
        forms.push_back(std::string(row.name) + ":" + std::string(row.value));
        if (row.name != name)
            continue;
        if (row.set(rules, value))
            return {};
        forms = {forms.back() + " with " + std::string(row.range)};
        break;
    }
    return unknown_rule(option, rule, forms);
}

} // namespace fusewire

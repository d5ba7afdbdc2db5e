#include "cli/rule_text.h"

#include "cli/numbers.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace fusewire {

namespace {

constexpr double longest_duration_s = 1e9; // a timer of nanoseconds in 64 bits reaches further
constexpr double shortest_duration_s = 1e-3;
constexpr std::uint64_t bytes_per_kilobyte = 1000;

std::optional<std::uint64_t> unless_zero(std::optional<std::uint64_t> number) {
    return number && *number > 0 ? number : std::nullopt;
}

} // namespace

std::optional<std::chrono::nanoseconds> parse_seconds(std::string_view text) {
    double seconds = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, seconds);
    if (error != std::errc() || rest != end ||
        !(seconds >= shortest_duration_s && seconds <= longest_duration_s))
        return std::nullopt;
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(seconds));
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
    return unless_zero(parse_number(text));
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
    return unless_zero(parse_size(text));
}

std::optional<std::uint64_t> parse_kilobytes(std::string_view text) {
    const auto number = parse_count(text);
    if (!number || *number > std::numeric_limits<std::uint64_t>::max() / bytes_per_kilobyte)
        return std::nullopt;
    return *number * bytes_per_kilobyte;
}

tl::unexpected<Error> unknown_rule(std::string_view option, std::string_view rule,
                                   std::span<const std::string> forms) {
    std::string list = forms.front();
    for (std::size_t i = 1; i < forms.size(); i++)
        list += (i + 1 < forms.size() ? ", " : " or ") + forms[i];
    return fail(Errc::usage, fmt::format("{} {}: expected {}", option, rule, list));
}

} // namespace fusewire

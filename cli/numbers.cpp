#include "cli/numbers.h"

#include <cctype>
#include <charconv>
#include <limits>

namespace fusewire {

namespace {

// 0 for a suffix that means nothing.
std::uint64_t unit_of(std::string_view suffix) {
    if (suffix.empty())
        return 1;
    if (suffix.size() > 1)
        return 0;
    switch (std::toupper(static_cast<unsigned char>(suffix.front()))) {
    case 'K':
        return std::uint64_t{1} << 10;
    case 'M':
        return std::uint64_t{1} << 20;
    case 'G':
        return std::uint64_t{1} << 30;
    default:
        return 0;
    }
}

struct DurationUnit {
    std::string_view suffix;
    std::uint64_t ns;
};
constexpr std::uint64_t second = 1'000'000'000;
constexpr DurationUnit duration_units[] = {{"", second},        {"ns", 1},     {"us", 1000},
                                           {"ms", 1'000'000},   {"s", second}, {"min", 60 * second},
                                           {"h", 3600 * second}};

} // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && rest == end ? std::optional(number) : std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc())
        return std::nullopt;
    const std::uint64_t unit = unit_of({rest, static_cast<std::size_t>(end - rest)});
    if (unit == 0 || number > std::numeric_limits<std::uint64_t>::max() / unit)
        return std::nullopt;
    return number * unit;
}

std::optional<std::uint64_t> parse_duration(std::string_view text) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc())
        return std::nullopt;
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    for (const DurationUnit& unit : duration_units)
        if (unit.suffix == std::string_view(rest, static_cast<std::size_t>(end - rest)))
            return number > most / unit.ns ? std::nullopt : std::optional(number * unit.ns);
    return std::nullopt;
}

} // namespace fusewire

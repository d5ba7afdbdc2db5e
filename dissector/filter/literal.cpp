#include "dissector/filter/literal.h"

#include "dissector/filter/language.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>

namespace fusewire::filter {

namespace {

constexpr std::uint64_t second = 1'000'000'000;

// `plain` is that of a number without a unit.
std::optional<std::uint64_t> factor_of(std::span<const Unit> units, std::string_view name,
                                       std::uint64_t plain) {
    if (name.empty())
        return plain;
    const Unit* unit = find_row(units, name, &Unit::name);
    return unit == nullptr ? std::nullopt : std::optional(unit->factor);
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Digits of that base from the front of `text`, which is left behind them.
std::optional<std::uint64_t> take_digits(std::string_view& text, int base) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc())
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

int take_base(std::string_view& text) {
    const bool prefixed = text.size() > 2 && text[0] == '0';
    if (prefixed && (text[1] == 'x' || text[1] == 'X' || text[1] == 'b' || text[1] == 'B')) {
        const int base = text[1] == 'x' || text[1] == 'X' ? 16 : 2;
        text.remove_prefix(2);
        return base;
    }
    return text.size() > 1 && text[0] == '0' && is_digit(text[1]) ? 8 : 10;
}

// The digits behind a point as billionths; more than nine are cut.
std::uint64_t take_fraction(std::string_view& text) {
    if (text.empty() || text.front() != '.')
        return 0;
    text.remove_prefix(1);
    std::uint64_t billionths = 0;
    std::uint64_t scale = second;
    while (!text.empty() && is_digit(text.front())) {
        scale /= 10;
        billionths += scale * static_cast<std::uint64_t>(text.front() - '0');
        text.remove_prefix(1);
    }
    return billionths;
}

// Exactly `count` digits.
std::optional<int> take_fixed(std::string_view& text, std::size_t count) {
    if (text.size() < count || !std::all_of(text.begin(), text.begin() + count, is_digit))
        return std::nullopt;
    std::string_view digits = text.substr(0, count);
    text.remove_prefix(count);
    return static_cast<int>(*take_digits(digits, 10));
}

bool take(std::string_view& text, std::string_view any) {
    if (text.empty() || any.find(text.front()) == any.npos)
        return false;
    text.remove_prefix(1);
    return true;
}

// "Z", "+01:00" or nothing, in nanoseconds east of Greenwich.
std::optional<Int128> take_zone(std::string_view& text) {
    while (take(text, " ")) {
    }
    if (text.empty() || take(text, "Z"))
        return 0;
    const bool west = text.front() == '-';
    if (!take(text, "+-"))
        return std::nullopt;
    const auto hours = take_fixed(text, 2);
    take(text, ":");
    const auto minutes = take_fixed(text, 2);
    if (!hours || !minutes)
        return std::nullopt;
    const Int128 offset = static_cast<Int128>(*hours * 60 + *minutes) * 60 * second;
    return west ? -offset : offset;
}

std::optional<Int128> take_date(std::string_view& text) {
    const auto year = take_fixed(text, 4);
    const bool first = take(text, "-");
    const auto month = take_fixed(text, 2);
    const bool dashes = take(text, "-") && first;
    const auto day = take_fixed(text, 2);
    if (!year || !month || !day || !dashes)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok())
        return std::nullopt;
    return static_cast<Int128>(std::chrono::sys_days(date).time_since_epoch().count()) * 86400 *
           second;
}

std::optional<Int128> take_clock(std::string_view& text) {
    const auto hours = take_fixed(text, 2);
    const bool colon = take(text, ":");
    const auto minutes = take_fixed(text, 2);
    if (!hours || !colon || !minutes || *hours > 23 || *minutes > 59)
        return std::nullopt;
    const auto seconds = take(text, ":") ? take_fixed(text, 2) : std::optional(0);
    if (!seconds || *seconds > 60)
        return std::nullopt;
    return static_cast<Int128>(*hours * 3600 + *minutes * 60 + *seconds) * second +
           take_fraction(text);
}

int hex_value(char c) {
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

} // namespace

std::optional<Int128> parse_integer(std::string_view text, std::string_view unit) {
    const int base = take_base(text);
    const auto digits = take_digits(text, base);
    if (!digits || (!text.empty() && !unit.empty()))
        return std::nullopt;
    const auto factor = factor_of(size_units(), text.empty() ? unit : text, 1);
    return factor ? std::optional(static_cast<Int128>(*digits) * *factor) : std::nullopt;
}

std::optional<Int128> parse_duration(std::string_view text, std::string_view unit) {
    const auto whole = take_digits(text, 10);
    const std::uint64_t billionths = take_fraction(text);
    if (!whole || (!text.empty() && !unit.empty()))
        return std::nullopt;
    const auto factor = factor_of(time_units(), text.empty() ? unit : text, second);
    if (!factor)
        return std::nullopt;
    return static_cast<Int128>(*whole) * *factor +
           static_cast<Int128>(billionths) * *factor / second;
}

std::optional<Int128> parse_time(std::string_view text) {
    const auto date = take_date(text);
    if (!date)
        return std::nullopt;
    Int128 time = *date;
    if (take(text, " T")) {
        const auto clock = take_clock(text);
        if (!clock)
            return std::nullopt;
        time += *clock;
    }
    const auto zone = take_zone(text);
    return zone && text.empty() ? std::optional(time - *zone) : std::nullopt;
}

std::optional<std::string> parse_bytes(std::string_view text) {
    std::string bytes;
    if (text.starts_with("0x") || text.starts_with("0X"))
        text.remove_prefix(2);
    if (text.empty())
        return std::nullopt;
    if (text.size() == 1 && hex_value(text[0]) >= 0)
        return std::string(1, static_cast<char>(hex_value(text[0])));
    while (!text.empty()) {
        if (text.size() < 2 || hex_value(text[0]) < 0 || hex_value(text[1]) < 0)
            return std::nullopt;
        bytes += static_cast<char>(hex_value(text[0]) * 16 + hex_value(text[1]));
        text.remove_prefix(2);
        take(text, ":");
    }
    return bytes;
}

} // namespace fusewire::filter

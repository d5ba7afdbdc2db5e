#include "cli/stop_rules.h"

#include "cli/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace fusewire {

namespace {

constexpr double longest_duration_s = 1e9; // a timer of nanoseconds in 64 bits reaches further

bool set_duration(StopRules& rules, std::string_view text) {
    double seconds = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, seconds);
    if (error != std::errc() || rest != end || !(seconds > 0 && seconds <= longest_duration_s))
        return false;
    rules.duration = std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(seconds));
    return true;
}

bool set_messages(StopRules& rules, std::string_view text) {
    const auto count = parse_number(text);
    rules.messages = count.value_or(0);
    return rules.messages != 0;
}

bool set_size(StopRules& rules, std::string_view text) {
    const auto size = parse_size(text);
    rules.bytes = size.value_or(0);
    return rules.bytes != 0;
}

struct StopRuleRow {
    std::string_view name;
    bool (*set)(StopRules&, std::string_view);
};
constexpr StopRuleRow stop_rule_rows[] = {
    {"duration", set_duration}, {"messages", set_messages}, {"size", set_size}};

} // namespace

Result<void> StopRules::add(std::string_view rule) {
    const std::size_t colon = std::min(rule.find(':'), rule.size());
    const std::string_view name = rule.substr(0, colon);
    const std::string_view value = rule.substr(std::min(colon + 1, rule.size()));
    for (const StopRuleRow& row : stop_rule_rows)
        if (row.name == name && row.set(*this, value))
            return {};
    return fail(Errc::usage, fmt::format("-a {}: expected duration:SECONDS, messages:N or "
                                         "size:BYTES",
                                         rule));
}

} // namespace fusewire

#include "cli/stop_rules.h"

#include "cli/rule_text.h"

namespace fusewire {

namespace {

constexpr auto set_messages = set_member<&StopRules::messages, parse_count, StopRules>;

constexpr RuleRow<StopRules> stop_rule_rows[] = {
    {"duration", "SECONDS", "SECONDS from 0.001 to 1e9",
     set_member<&StopRules::duration, parse_seconds, StopRules>},
    {"messages", "N", "N at least 1", set_messages},
    {"packets", "N", "N at least 1", set_messages},
    {"size", "BYTES", "BYTES as 65536 or 64M",
     set_member<&StopRules::bytes, parse_bytes, StopRules>},
    {"filesize", "KB", "KB at least 1, each 1000 bytes",
     set_member<&StopRules::bytes, parse_kilobytes, StopRules>},
    {"files", "N", "N at least 1", set_member<&StopRules::files, parse_count, StopRules>},
};

} // namespace

Result<void> StopRules::add(std::string_view rule) {
    return add_rule<StopRules>(*this, stop_rule_rows, "-a", rule);
}

} // namespace fusewire

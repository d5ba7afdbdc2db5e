#include "cli/ring_rules.h"

#include "cli/rule_text.h"

namespace fusewire {

namespace {

constexpr auto set_messages = set_member<&RingRules::messages, parse_count, RingRules>;

constexpr RuleRow<RingRules> ring_rule_rows[] = {
    {"duration", "SECONDS", "SECONDS from 0.001 to 1e9",
     set_member<&RingRules::duration, parse_seconds, RingRules>},
    {"interval", "SECONDS", "SECONDS from 0.001 to 1e9",
     set_member<&RingRules::interval, parse_seconds, RingRules>},
    {"size", "BYTES", "BYTES as 65536 or 64M",
     set_member<&RingRules::bytes, parse_bytes, RingRules>},
    {"filesize", "KB", "KB at least 1, each 1000 bytes",
     set_member<&RingRules::bytes, parse_kilobytes, RingRules>},
    {"messages", "N", "N at least 1", set_messages},
    {"packets", "N", "N at least 1", set_messages},
    {"files", "N", "N at least 1", set_member<&RingRules::kept, parse_count, RingRules>},
};

} // namespace

Result<RingRules> parse_ring_rules(const std::vector<std::string>& rules) {
    RingRules parsed;
    for (const std::string& rule : rules)
        if (auto added = add_rule<RingRules>(parsed, ring_rule_rows, "-b", rule); !added)
            return tl::unexpected(added.error());
    if (!parsed.fills())
        return fail(Errc::usage, "-b says only how many files to keep, not when one is full; add "
                                 "-b duration, interval, size or messages");
    return parsed;
}

} // namespace fusewire

// fusewire rules: the reference of what check looks for, printed from the tables.
#include "dissector/render/rules.h"

#include "cli/diagnostics.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/subcommand.h"
#include "dissector/render/fields.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

namespace fusewire {

namespace {

enum class RulesFormat : std::uint8_t { text, json, markdown, names };
constexpr Choice<RulesFormat> rules_formats[] = {{"text", RulesFormat::text},
                                                 {"json", RulesFormat::json},
                                                 {"markdown", RulesFormat::markdown},
                                                 {"names", RulesFormat::names}};

struct RulesOptions {
    std::vector<std::string> ids; // empty: all
    RulesFormat format = RulesFormat::text;
};

struct Chosen {
    std::vector<const RuleInfo*> rules;
    std::vector<OmittedRule> omitted;
};

int no_such_rule(const std::string& id) {
    std::vector<std::string> known;
    for (const RuleInfo* rule : all_rules())
        known.emplace_back(rule->id);
    const std::string near = nearest_name(id, known);
    return report({Errc::usage, fmt::format("no rule is called {}; {}", id,
                                            near.empty() ? "fusewire rules lists them"
                                                         : fmt::format("did you mean {}?", near))});
}

bool choose(const std::string& id, Chosen& chosen) {
    if (const RuleInfo* rule = find_rule(id)) {
        chosen.rules.push_back(rule);
        return true;
    }
    const auto omitted = std::ranges::find_if(
        omitted_rules(), [&](const OmittedRule& rule) { return id == rule.id; });
    if (omitted == omitted_rules().end())
        return false;
    chosen.omitted.push_back(*omitted);
    return true;
}

void print(std::string& out, const Chosen& chosen, RulesFormat format) {
    switch (format) {
    case RulesFormat::text:
        return append_rules_text(out, chosen.rules, chosen.omitted);
    case RulesFormat::json:
        return append_rules_json(out, chosen.rules, chosen.omitted);
    case RulesFormat::markdown:
        return append_rules_markdown(out, chosen.rules, chosen.omitted);
    case RulesFormat::names:
        for (const RuleInfo* rule : chosen.rules)
            out += std::string(rule->id) + "\n";
    }
}

int run_rules(const RulesOptions& options) {
    Chosen chosen;
    for (const std::string& id : options.ids)
        if (!choose(id, chosen))
            return no_such_rule(id);
    if (options.ids.empty())
        chosen = {all_rules(), omitted_rules()};
    Output out(STDOUT_FILENO);
    print(out.text(), chosen, options.format);
    const auto printed = out.finish();
    return printed ? exit_done : report(printed.error());
}

} // namespace

Subcommand add_rules_command(CLI::App& app) {
    const auto options = std::make_shared<RulesOptions>();
    CLI::App* rules = app.add_subcommand("rules", "Explain what check looks for");
    rules->add_option("ID", options->ids, "Only these rules")->type_name("");
    add_choice(*rules, "-T", options->format, rules_formats, "What to print, text by default");

    Subcommand command;
    command.app = rules;
    command.run = [options] { return run_rules(*options); };
    command.examples = {
        {"fusewire rules", "every rule, by area, and those that were left out with the reason"},
        {"fusewire rules handle-missing use-after-forget", "what two findings mean"},
        {"fusewire rules -T json", "for programs"},
    };
    command.details =
        "Of each rule: its id, how bad it is, what is wrong, its effect (what the kernel or the "
        "server does about it), what to do in the server, when it is legal all the same, and in "
        "which dialects it holds.";
    return command;
}

} // namespace fusewire

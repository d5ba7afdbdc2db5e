#include "dissector/render/rules.h"

#include "dissector/render/json_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace fusewire {

namespace {

constexpr const char* history_texts[] = {"", "a note where messages were lost",
                                         "a note where messages were lost or INIT was not seen"};

const char* text_of(History history) {
    return history_texts[static_cast<std::size_t>(history)];
}

std::string_view spelling_of(History history) {
    constexpr std::string_view spellings[] = {"none", "unbroken", "complete"};
    return spellings[static_cast<std::size_t>(history)];
}

template <class Visit>
void each_dialect(DialectSet dialects, Visit visit) {
    for (int i = 0; i < dialect_count; ++i)
        if ((dialects & in_dialect(static_cast<DialectName>(i))) != 0)
            visit(spelling(static_cast<DialectName>(i)));
}

std::string text_of(DialectSet dialects) {
    if (dialects == all_dialects)
        return "all";
    std::string out;
    each_dialect(dialects, [&](std::string_view name) {
        out += out.empty() ? "" : ", ";
        out += name;
    });
    return out;
}

// Calls visit(label, text) for everything that is known of a rule.
template <class Visit>
void each_line(const RuleInfo& rule, Visit visit) {
    const auto line = [&](const char* label, std::string_view text) {
        if (!text.empty())
            visit(label, text);
    };
    line("effect", rule.consequence);
    line("do", rule.advice);
    line("legal", rule.doc);
    line("less sure", text_of(rule.history));
    if (rule.dialects != all_dialects)
        line("dialects", text_of(rule.dialects));
}

// For a line of markdown: what would be taken for markup is not.
std::string plain(std::string_view text) {
    constexpr std::string_view markup = "\\`*_<>[]|";
    std::string out;
    for (const char c : text) {
        if (markup.find(c) != std::string_view::npos)
            out += '\\';
        out += c;
    }
    return out;
}

void append_rule_markdown(std::string& out, const RuleInfo& rule) {
    const auto end = std::back_inserter(out);
    fmt::format_to(end, "\n### `{}`\n\n**{}**: {}\n\n", rule.id, spelling(rule.severity),
                   plain(rule.text));
    each_line(rule, [&](const char* label, std::string_view text) {
        fmt::format_to(end, "- {}: {}\n", label, plain(text));
    });
}

void append_rule_json(std::string& out, const RuleInfo& rule) {
    JsonObject object(out);
    object.text("id", rule.id);
    object.text("area", spelling(rule.area));
    object.text("severity", spelling(rule.severity));
    JsonArray dialects(object.key("dialects"));
    each_dialect(rule.dialects, [&](std::string_view name) {
        fmt::format_to(std::back_inserter(dialects.element()), "\"{}\"", name);
    });
    dialects.close();
    object.text("text", rule.text);
    object.text("consequence", rule.consequence);
    object.text("advice", rule.advice);
    object.text("doc", rule.doc);
    object.text("history", spelling_of(rule.history));
    object.close();
}

void append_omitted_json(std::string& out, const OmittedRule& rule) {
    JsonObject object(out);
    object.text("id", rule.id);
    object.text("area", spelling(rule.area));
    object.text("reason", rule.reason);
    object.close();
}

std::vector<const OmittedRule*> of_area(OmittedList omitted, Area area) {
    std::vector<const OmittedRule*> rules;
    for (const OmittedRule& rule : omitted)
        if (rule.area == area)
            rules.push_back(&rule);
    return rules;
}

void append_omitted_markdown(std::string& out, OmittedList omitted) {
    if (omitted.empty())
        return;
    out += "\n## Left out\n\nRules that were thought of and left out, because a capture cannot "
           "tell.\n\n| rule | area | reason |\n|---|---|---|\n";
    for (int i = 0; i < static_cast<int>(Area::count_); ++i)
        for (const OmittedRule* rule : of_area(omitted, static_cast<Area>(i)))
            fmt::format_to(std::back_inserter(out), "| `{}` | {} | {} |\n", rule->id,
                           title(rule->area), plain(rule->reason));
}

constexpr const char* introduction =
    "# Rules\n\n"
    "What `fusewire check` looks for, by area. Generated from the tables of rules by `fusewire "
    "rules -T markdown`.\n\n"
    "**error**: the kernel rejects it or misbehaves, or the protocol forbids it. **warn**: "
    "accepted, but almost surely a bug. **note**: suspicious, or worth knowing. *effect* is what "
    "the kernel or the server does about it, *do* what to change in the server, *legal* when it is "
    "right all the same, *less sure* when the finding becomes a note.\n";

} // namespace

void append_rules_text(std::string& out, RuleList rules, OmittedList omitted) {
    const auto end = std::back_inserter(out);
    Area area = Area::count_;
    for (const RuleInfo* rule : rules) {
        if (rule->area != area)
            fmt::format_to(end, "{}# {}\n", out.empty() ? "" : "\n", title(rule->area));
        area = rule->area;
        fmt::format_to(end, "\n{} ({}): {}\n", rule->id, spelling(rule->severity), rule->text);
        each_line(*rule, [&](const char* label, std::string_view text) {
            fmt::format_to(end, "  {}: {}\n", label, text);
        });
    }
    if (!omitted.empty())
        fmt::format_to(end, "{}# Left out, because a capture cannot tell\n\n",
                       out.empty() ? "" : "\n");
    for (const OmittedRule& rule : omitted)
        fmt::format_to(end, "{}: {}\n", rule.id, rule.reason);
}

void append_rules_json(std::string& out, RuleList rules, OmittedList omitted) {
    JsonObject object(out);
    JsonArray rows(object.key("rules"));
    for (const RuleInfo* rule : rules) {
        rows.element() += '\n';
        append_rule_json(out, *rule);
    }
    rows.close();
    JsonArray left_out(object.key("omitted"));
    for (const OmittedRule& rule : omitted) {
        left_out.element() += '\n';
        append_omitted_json(out, rule);
    }
    left_out.close();
    object.close();
    out += '\n';
}

void append_rules_markdown(std::string& out, RuleList rules, OmittedList omitted) {
    out += introduction;
    Area area = Area::count_;
    for (const RuleInfo* rule : rules) {
        if (rule->area != area)
            fmt::format_to(std::back_inserter(out), "\n## {}\n", title(rule->area));
        area = rule->area;
        append_rule_markdown(out, *rule);
    }
    append_omitted_markdown(out, omitted);
}

} // namespace fusewire

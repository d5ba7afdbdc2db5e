#include "dissector/render/statx.h"

#include "dissector/render/json_object.h"
#include "dissector/render/paint.h"

#include <fmt/format.h>

#include <iterator>

namespace fusewire {

namespace {

auto into(std::string& out) {
    return std::back_inserter(out);
}

// "requested, answered, kept", or what is unlike that.
std::string course_of(const StatxFact& fact) {
    if (fact.row->bit == 0)
        return fmt::format("{}", spelling(fact.use));
    return fmt::format("{}requested, {}answered, {}", fact.requested ? "" : "not ",
                       fact.answered ? "" : "not ", spelling(fact.use));
}

void append_difference(std::string& out, std::string_view what,
                       const std::optional<StatxDifference>& difference, StatxShape shape) {
    if (difference)
        fmt::format_to(into(out), "; {} {} (frame {})", what,
                       statx_value_text(difference->value, shape), difference->frame);
}

void append_fact(std::string& out, const StatxFact& fact, const TextStyle& style) {
    const bool unlike = fact.surprises() || fact.use == StatxUse::refused || fact.from_dirent;
    const Painted mark(out, style.color, unlike ? Paint::caution : Paint::plain);
    fmt::format_to(into(out), "    {:16}{:24}{}", fact.row->name,
                   statx_value_text(fact.value, fact.row->shape), course_of(fact));
    append_difference(out, "before", fact.from_node, fact.row->shape);
    append_difference(out, "directory entry", fact.from_dirent, fact.row->shape);
    out += '\n';
}

// Numbers as they are; times and devices as text.
void append_value(JsonObject& object, const StatxValue& value, StatxShape shape) {
    if (shape == StatxShape::time || shape == StatxShape::device)
        object.text("value", statx_value_text(value, shape));
    else
        object.number("value", value.number);
}

void append_json_difference(JsonObject& object, std::string_view key,
                            const std::optional<StatxDifference>& difference, StatxShape shape) {
    if (!difference)
        return object.null(key);
    JsonObject inner(object.key(key));
    append_value(inner, difference->value, shape);
    inner.number("frame", difference->frame);
    inner.close();
}

void append_json_fact(std::string& out, const StatxFact& fact) {
    JsonObject object(out);
    object.text("field", fact.row->name);
    append_value(object, fact.value, fact.row->shape);
    object.number("offset", fact.offset);
    object.boolean("requested", fact.requested);
    object.boolean("answered", fact.answered);
    object.text("use", spelling(fact.use));
    append_json_difference(object, "before", fact.from_node, fact.row->shape);
    append_json_difference(object, "dirent", fact.from_dirent, fact.row->shape);
    object.close();
}

} // namespace

std::string statx_value_text(const StatxValue& value, StatxShape shape) {
    switch (shape) {
    case StatxShape::octal:
        return fmt::format("{:#o}", value.number);
    case StatxShape::hex:
        return fmt::format("{:#x}", value.number);
    case StatxShape::time:
        return fmt::format("{}.{:09}", static_cast<std::int64_t>(value.number), value.rest);
    case StatxShape::device:
        return fmt::format("{}:{}", value.number, value.rest);
    case StatxShape::number:
        break;
    }
    return fmt::to_string(value.number);
}

void append_statx(std::string& out, std::span<const StatxReport> reports, const TextStyle& style) {
    for (const StatxReport& report : reports) {
        fmt::format_to(into(out), "  statx of nodeid {}, field by field\n", report.nodeid);
        for (const StatxFact& fact : report.facts)
            append_fact(out, fact, style);
    }
}

void append_statx_json(std::string& out, std::span<const StatxReport> reports) {
    JsonArray list(out);
    for (const StatxReport& report : reports) {
        JsonObject object(list.element());
        if (report.sub == no_sub)
            object.null("sub");
        else
            object.signed_number("sub", report.sub);
        object.number("nodeid", report.nodeid);
        JsonArray fields(object.key("fields"));
        for (const StatxFact& fact : report.facts)
            append_json_fact(fields.element(), fact);
        fields.close();
        object.close();
    }
    list.close();
}

} // namespace fusewire

#include "samples/builder/kernel_defaults.h"

#include <map>

#include "samples/builder/parser.h"

namespace fusewire::samples {

namespace {

struct Row {
    std::string_view opcode;
    std::string_view request;
    std::string_view reply = {};
};

constexpr std::string_view kernel_itself = "header{uid=0 gid=0 pid=0}";
constexpr std::string_view kernel_no_node = "header{uid=0 gid=0 pid=0 nodeid=0}";

constexpr Row rows[] = {
    {"INIT", "header{uid=0 gid=0 pid=0 nodeid=0} major=7", "major=7"},
    {"CUSE_INIT", "header{uid=0 gid=0 pid=0 nodeid=0} major=7", "major=7"},
    {"DESTROY", kernel_no_node},
    {"INTERRUPT", kernel_no_node},
    {"BATCH_FORGET", kernel_no_node},
    {"FORGET", kernel_itself},
    {"RELEASE", kernel_itself},
    {"RELEASEDIR", kernel_itself},
    {"COMPOUND", "header.nodeid=0"},
    {"LOOKUP_ROOT", "header.nodeid=0"},
    {"STATX", "sx_mask=0xfff"},
};

std::vector<Assignment> parsed(std::string_view text) {
    Complaint complaint;
    Scope scope;
    auto tokens = std::make_shared<const std::vector<Token>>(tokenise(text, "defaults", complaint));
    std::vector<Assignment> out;
    Parser({tokens, 0, tokens->size() - 1}, scope, complaint).assignments(out, true);
    return out;
}

struct Defaults {
    std::vector<Assignment> request;
    std::vector<Assignment> reply;
};

const std::map<std::string_view, Defaults>& defaults() {
    static const std::map<std::string_view, Defaults> built = [] {
        std::map<std::string_view, Defaults> all;
        for (const Row& row : rows)
            all[row.opcode] = {parsed(row.request), parsed(row.reply)};
        return all;
    }();
    return built;
}

struct SubHeaderRow {
    DialectSet dialects;
    SubHeaderForm form;
};

constexpr SubHeaderRow sub_headers[] = {
    {in_dialect(DialectName::compound_v6), {.unique_is_index = true, .callers_ids = false}},
    {in_dialects(DialectName::compound_v7, DialectName::fusex_b),
     {.counts_extensions = true, .found_node = 0}},
    {all_dialects, {}},
};

} // namespace

SubHeaderForm sub_header_form(DialectName dialect) {
    for (const SubHeaderRow& row : sub_headers)
        if ((row.dialects & in_dialect(dialect)) != 0)
            return row.form;
    return {};
}

MessageText with_defaults(const MessageText& text, const Opcode* opcode, Direction direction) {
    MessageText out = text;
    const auto found = opcode != nullptr ? defaults().find(opcode->name) : defaults().end();
    if (found == defaults().end())
        return out;
    const std::vector<Assignment>& more =
        direction == Direction::request ? found->second.request : found->second.reply;
    out.assignments.insert(out.assignments.begin(), more.begin(), more.end());
    return out;
}

} // namespace fusewire::samples

// fusewire fields: the reference of field names, printed from the tables.
#include "dissector/render/fields.h"

#include "cli/diagnostics.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/subcommand.h"
#include "dissector/escape.h"
#include "dissector/opcodes.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <memory>
#include <string_view>

namespace fusewire {

namespace {

enum class FieldsFormat : std::uint8_t { text, json, markdown, names };
constexpr Choice<FieldsFormat> fields_formats[] = {{"text", FieldsFormat::text},
                                                   {"json", FieldsFormat::json},
                                                   {"markdown", FieldsFormat::markdown},
                                                   {"names", FieldsFormat::names}};

struct FieldsOptions {
    std::string pattern;
    FieldsFormat format = FieldsFormat::text;
};

struct KindWord {
    Kind kind;
    const char* word;
};

constexpr KindWord kind_words[] = {
    {Kind::number, "number"},
    {Kind::signed_number, "signed number"},
    {Kind::hex, "hex"},
    {Kind::ioctl_command, "ioctl command"},
    {Kind::boolean, "boolean"},
    {Kind::nodeid, "nodeid"},
    {Kind::generation, "generation"},
    {Kind::fh, "fh"},
    {Kind::opcode, "opcode"},
    {Kind::unique, "unique"},
    {Kind::ino, "ino"},
    {Kind::file_offset, "offset"},
    {Kind::byte_count, "bytes"},
    {Kind::count, "count"},
    {Kind::seconds, "seconds"},
    {Kind::timestamp, "seconds since the epoch"},
    {Kind::nanoseconds, "nanoseconds"},
    {Kind::flags, "flags"},
    {Kind::enumeration, "enumeration"},
    {Kind::mode, "mode"},
    {Kind::permissions, "permissions"},
    {Kind::open_flags, "open flags"},
    {Kind::uid, "uid"},
    {Kind::gid, "gid"},
    {Kind::pid, "pid"},
    {Kind::rdev, "rdev"},
    {Kind::error, "errno"},
    {Kind::poll_handle, "poll handle"},
    {Kind::lock_owner, "lock owner"},
    {Kind::padding, "padding"},
    {Kind::reserved, "reserved"},
    {Kind::name, "name"},
    {Kind::text, "text"},
    {Kind::data, "data"},
    {Kind::group, "group"},
    {Kind::note, "note"},
};

constexpr bool in_order_of_kinds() {
    for (std::size_t i = 0; i < std::size(kind_words); ++i)
        if (static_cast<std::size_t>(kind_words[i].kind) != i)
            return false;
    return std::size(kind_words) == static_cast<std::size_t>(Kind::note) + 1;
}
static_assert(in_order_of_kinds());

const char* word_of(Kind kind) {
    return kind_words[static_cast<std::size_t>(kind)].word;
}

// A field of the reference: of a message as a whole, of a kind, or of the tables.
struct Entry {
    std::string_view name;
    std::string_view kind;
    std::string_view meaning;
    const FieldPath* path = nullptr; // of the tables
};

// A name that stands for a message as a whole or for a kind hides a header field that bears it too.
std::vector<Entry> all_entries() {
    std::vector<Entry> entries;
    const auto is_taken = [&](std::string_view name) {
        return std::ranges::find(entries, name, &Entry::name) != entries.end();
    };
    for (const MessageField& field : message_fields())
        entries.push_back({field.name, "message", field.doc});
    for (const KindField& field : kind_fields())
        entries.push_back({field.name, "kind", field.doc});
    for (const FieldPath& path : all_field_paths())
        if (path.field().kind != Kind::group && !is_taken(path.name))
            entries.push_back({path.name, word_of(path.field().kind), path.field().label, &path});
    return entries;
}

bool same_letter(char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
}

bool contains(std::string_view text, std::string_view part) {
    return !std::ranges::search(text, part, same_letter).empty() || part.empty();
}

bool matches(const Entry& entry, std::string_view pattern) {
    return contains(entry.name, pattern) || contains(entry.meaning, pattern) ||
           (entry.path != nullptr && entry.path->opcode != nullptr &&
            contains(entry.path->opcode->name, pattern));
}

bool is_notification(const Opcode& opcode) {
    return std::ranges::find(all_notifications(), &opcode) != all_notifications().end();
}

// "LOOKUP reply"
std::string place_of(const FieldPath& path) {
    std::string place = path.opcode == nullptr ? "header or extension" : path.opcode->name;
    if (path.opcode != nullptr && is_notification(*path.opcode))
        return "notification " + place;
    if (path.in_request)
        place += " request";
    if (path.in_reply)
        place += path.in_request ? ", reply" : " reply";
    return place;
}

void append_text(std::string& out, const Entry& entry) {
    fmt::format_to(std::back_inserter(out), "{:<40} {:<14} {}", entry.name, entry.kind,
                   entry.meaning);
    if (entry.path != nullptr)
        fmt::format_to(std::back_inserter(out), " ({})", place_of(*entry.path));
    out += '\n';
}

void append_member(std::string& out, std::string_view key, std::string_view value) {
    fmt::format_to(std::back_inserter(out), "{}\"{}\":", out.ends_with('{') ? "" : ",", key);
    append_json_string(out, value);
}

void append_values(std::string& out, const Field& field) {
    out += ",\"values\":[";
    const char* separator = "";
    for (const Value& value : field.values) {
        fmt::format_to(std::back_inserter(out), "{}{{\"value\":{},", separator, value.value);
        separator = ",";
        out += "\"name\":";
        append_json_string(out, value.name);
        out += '}';
    }
    out += ']';
}

void append_json(std::string& out, const Entry& entry) {
    out += '{';
    append_member(out, "name", entry.name);
    append_member(out, "kind", entry.kind);
    append_member(out, "label", entry.meaning);
    if (entry.path != nullptr) {
        if (entry.path->opcode != nullptr)
            append_member(out, "opcode", entry.path->opcode->name);
        fmt::format_to(std::back_inserter(out),
                       ",\"in_request\":{},\"in_reply\":{},\"since\":\"7.{}\"",
                       entry.path->in_request, entry.path->in_reply, entry.path->since);
        if (!entry.path->field().values.empty())
            append_values(out, entry.path->field());
    }
    out += '}';
}

std::string array_of(const std::vector<Entry>& entries) {
    std::string out = "[";
    for (const Entry& entry : entries) {
        out += out.size() == 1 ? "\n" : ",\n";
        append_json(out, entry);
    }
    return out + "\n]\n";
}

// Markdown: a section for each opcode, in the order of the tables.
class Page {
  public:
    std::string text(const std::vector<Entry>& entries) {
        out_ =
            "# Fields\n\n"
            "Names that `read -T fields -e` takes, and, below the opcode, the keys of `layers` in "
            "JSON.\nGenerated from the tables by `fusewire fields -T markdown`.\n";
        for (const Entry& entry : entries)
            row(entry);
        return std::move(out_);
    }

  private:
    void row(const Entry& entry) {
        const std::string title = title_of(entry);
        if (title != title_) {
            title_ = title;
            section(entry);
        }
        fmt::format_to(std::back_inserter(out_), "| `{}` | {} | {} |", entry.name, entry.kind,
                       entry.meaning);
        if (entry.path != nullptr)
            fmt::format_to(std::back_inserter(out_), " {} | {} |", side_of(*entry.path),
                           entry.path->since > 1 ? fmt::format("7.{}", entry.path->since) : "");
        out_ += '\n';
    }

    void section(const Entry& entry) {
        fmt::format_to(std::back_inserter(out_), "\n## {}\n\n", title_);
        if (entry.path == nullptr) {
            out_ += "| name | kind | meaning |\n|---|---|---|\n";
            return;
        }
        if (const Opcode* opcode = entry.path->opcode; opcode != nullptr && *opcode->doc != '\0')
            fmt::format_to(std::back_inserter(out_), "{}\n\n", opcode->doc);
        out_ += "| name | kind | meaning | in | since |\n|---|---|---|---|---|\n";
    }

    static std::string title_of(const Entry& entry) {
        if (entry.path == nullptr)
            return entry.kind == "message" ? "Messages" : "Fields of one kind, wherever they are";
        const Opcode* opcode = entry.path->opcode;
        if (opcode == nullptr)
            return entry.name.starts_with("fuse.ext.") ? "Extensions" : "Headers";
        return fmt::format("{}{} ({})", is_notification(*opcode) ? "Notification " : "",
                           opcode->name, opcode->number);
    }

    static std::string_view side_of(const FieldPath& path) {
        if (path.opcode != nullptr && is_notification(*path.opcode))
            return "notification";
        if (path.in_request && path.in_reply)
            return "both";
        return path.in_request ? "request" : "reply";
    }

    std::string out_;
    std::string title_;
};

void print_entries(std::string& out, const std::vector<Entry>& entries, FieldsFormat format) {
    switch (format) {
    case FieldsFormat::text:
        for (const Entry& entry : entries)
            append_text(out, entry);
        break;
    case FieldsFormat::names:
        for (const Entry& entry : entries)
            fmt::format_to(std::back_inserter(out), "{}\n", entry.name);
        break;
    case FieldsFormat::json:
        out += array_of(entries);
        break;
    case FieldsFormat::markdown:
        out += Page().text(entries);
        break;
    }
}

int run_fields(const FieldsOptions& options) {
    std::vector<Entry> entries = all_entries();
    std::erase_if(entries, [&](const Entry& entry) { return !matches(entry, options.pattern); });
    if (entries.empty() && !options.pattern.empty()) {
        say(fmt::format("no field matches {}; fusewire fields lists them all", options.pattern));
        return exit_usage;
    }
    Output out(STDOUT_FILENO);
    print_entries(out.text(), entries, options.format);
    const auto printed = out.finish();
    return printed ? exit_done : report(printed.error());
}

} // namespace

Subcommand add_fields_command(CLI::App& app) {
    const auto options = std::make_shared<FieldsOptions>();
    CLI::App* fields = app.add_subcommand("fields", "List the names of fields");
    fields
        ->add_option("PATTERN", options->pattern,
                     "Only fields whose name, meaning or opcode contains this")
        ->type_name("");
    add_choice(*fields, "-T", options->format, fields_formats, "What to print, text by default");

    Subcommand command;
    command.app = fields;
    command.run = [options] { return run_fields(*options); };
    command.examples = {
        {"fusewire fields", "every name that -e takes"},
        {"fusewire fields lookup", "the fields of LOOKUP and what else has it in its name"},
        {"fusewire fields -T json", "kinds, opcodes and named values, for programs"},
    };
    command.details =
        "A name is fuse., the opcode, and the field, with the structures between them: "
        "fuse.getattr.attr.mode. The same names below the opcode are the keys of layers in JSON. "
        "Some short names stand for every field of one kind, wherever it is: fuse.nodeid.";
    return command;
}

} // namespace fusewire

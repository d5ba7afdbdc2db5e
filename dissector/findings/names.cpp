// Names in requests.
#include "dissector/bytes.h"
#include "dissector/escape.h"
#include "dissector/findings/families.h"
#include "dissector/opcodes.h"

#include <fmt/format.h>

namespace fusewire {

namespace {

constexpr DialectSet upstream_based =
    all_dialects & ~in_dialects(DialectName::fusex_a, DialectName::fusex_b);

// The name of an entry in a directory, as against a symlink's target, an xattr's name, or the "/"
// that stands for the name of an unnamed file.
bool is_component(const NameEvent& event) {
    return event.role == NameRole::looked_up || event.role == NameRole::created ||
           event.role == NameRole::removed;
}

std::string shown(std::string_view name) {
    constexpr std::size_t most = 64;
    std::string text;
    append_quoted(text, name.substr(0, most));
    return name.size() > most ? text + "..." : text;
}

Sighting at_name(const NameEvent& event, std::string observed, std::string expected = "") {
    return {.offset = event.offset,
            .sub = event.operation.sub(),
            .nodeid = event.operation.nodeid(),
            .observed = std::move(observed),
            .expected = std::move(expected)};
}

// A late capture does not know the limit; no kernel goes beyond this one.
std::uint32_t longest(const NameEvent& event) {
    constexpr std::uint32_t path_max = 4095;
    return event.state.limits.known ? event.state.limits.name_max : path_max;
}

constexpr std::size_t usual_longest = 255; // NAME_MAX
constexpr std::size_t xattr_longest = 255; // XATTR_NAME_MAX

void look_at_dot(const NameEvent& event, Report& report) {
    if (!is_component(event) || (event.name != "." && event.name != ".."))
        return;
    constexpr unsigned export_support = 4;
    const Limits& limits = event.state.limits;
    if (event.role != NameRole::looked_up) {
        Sighting sighting = at_name(event, shown(event.name));
        sighting.severity = Severity::error;
        sighting.text = "\".\" or \"..\" is to be made or removed";
        sighting.consequence = "the kernel refuses that before it asks the server";
        return report(std::move(sighting));
    }
    if (limits.known && !limits.has(export_support))
        report(at_name(event, shown(event.name), "EXPORT_SUPPORT accepted"));
}

constexpr Check<NameEvent> name_rows[] = {
    {{.id = "name-slash",
      .area = Area::names,
      .severity = Severity::error,
      .text = "name has a slash in it",
      .consequence = "a server that appends it to a path reaches another file",
      .doc = "The target of a symbolic link is a path, and TMPFILE has \"/\" in place of a name."},
     [](const NameEvent& event, Report& report) {
         if (is_component(event) && event.name.find('/') != std::string_view::npos)
             report(at_name(event, shown(event.name)));
     }},
    {{.id = "name-too-long",
      .area = Area::names,
      .severity = Severity::error,
      .text = "name is longer than the kernel lets through",
      .consequence = "the kernel answers ENAMETOOLONG itself and asks nothing",
      .doc = "The limit is 1024 bytes, and 4095 with MAX_PAGES and more than one page."},
     [](const NameEvent& event, Report& report) {
         if (is_component(event) && event.name.size() > longest(event))
             report(at_name(event, fmt::format("{} bytes", event.name.size()),
                            fmt::format("at most {}", longest(event))));
     }},
    {{.id = "name-long",
      .area = Area::names,
      .severity = Severity::note,
      .text = "name is longer than most file systems take",
      .consequence = "a server on top of another file system gets ENAMETOOLONG from it"},
     [](const NameEvent& event, Report& report) {
         const std::size_t size = event.name.size();
         if (is_component(event) && size > usual_longest && size <= longest(event))
             report(at_name(event, fmt::format("{} bytes", size),
                            fmt::format("at most {}", usual_longest)));
     }},
    {{.id = "name-dot",
      .area = Area::names,
      .severity = Severity::warn,
      .dialects = upstream_based,
      .text = "LOOKUP of \".\" or \"..\" without EXPORT_SUPPORT",
      .consequence = "the kernel asks for these only for old file handles of NFS"},
     look_at_dot},
    {{.id = "name-not-utf8",
      .area = Area::names,
      .severity = Severity::note,
      .text = "name is no UTF-8",
      .consequence =
          "a server that takes names for text may fail on it; any byte but NUL and \"/\" "
          "is allowed"},
     [](const NameEvent& event, Report& report) {
         if (!is_utf8(event.name))
             report(at_name(event, shown(event.name)));
     }},
    {{.id = "xattr-name-long",
      .area = Area::names,
      .severity = Severity::error,
      .text = "name of the extended attribute is longer than 255 bytes",
      .consequence = "the kernel answers ERANGE itself and asks nothing"},
     [](const NameEvent& event, Report& report) {
         if (event.role == NameRole::xattr && event.name.size() > xattr_longest)
             report(at_name(event, fmt::format("{} bytes", event.name.size()),
                            fmt::format("at most {}", xattr_longest)));
     }},
};

// The request ends with a name, and what is left over ends with a NUL: a name with a NUL in it.
void look_at_embedded_nul(const AskEvent& event, Report& report) {
    const Message& message = event.message;
    const Opcode* opcode = event.operation.opcode();
    if (message.findings.empty() || opcode == nullptr || opcode->request.parts.empty() ||
        opcode->request.parts.back().kind != PartKind::name)
        return;
    for (const Finding& finding : message.findings) {
        if (finding.rule != Rule::body_long || finding.sub != no_sub)
            continue;
        const std::uint32_t extensions = message.total_extlen * 8;
        const std::uint32_t wire = event.record.wire_length;
        if (wire < extensions || wire - extensions <= finding.offset)
            continue;
        std::uint64_t last = 1;
        const Cursor cursor(message.bytes, message.order);
        if (cursor.read(wire - extensions - 1, 1, last) && last == 0)
            report({.offset = finding.offset - 1,
                    .nodeid = message.nodeid,
                    .observed = fmt::format("{} bytes behind the NUL",
                                            wire - extensions - finding.offset)});
    }
}

constexpr Check<AskEvent> ask_rows[] = {
    {{.id = "name-embedded-nul",
      .area = Area::names,
      .severity = Severity::error,
      .text = "name has a NUL in it",
      .consequence = "a server that takes it for a C string sees only the beginning"},
     look_at_embedded_nul,
     ops(Op::lookup, Op::unlink, Op::rmdir, Op::removexattr, Op::mknod, Op::mkdir, Op::symlink,
         Op::rename, Op::rename2, Op::link, Op::create, Op::tmpfile, Op::getxattr)},
};

constexpr Suppression echoes[] = {{.by = "name-embedded-nul", .what = "body-long"}};

} // namespace

constexpr Family names_family{name_rows, ask_rows, echoes};

} // namespace fusewire

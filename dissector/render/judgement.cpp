#include "dissector/render/judgement.h"

#include "dissector/escape.h"
#include "dissector/opcodes.h"
#include "dissector/render/json_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>

namespace fusewire {

namespace {

void append_related(std::string& out, const Judgement& judgement) {
    JsonArray frames(out);
    for (const std::uint64_t frame : judgement.sighting.related)
        fmt::format_to(std::back_inserter(frames.element()), "{}", frame);
    frames.close();
}

} // namespace

void append_json(std::string& out, const Judgement& judgement) {
    const Sighting& sighting = judgement.sighting;
    JsonObject object(out);
    object.text("rule", judgement.rule->id);
    object.text("severity", spelling(judgement.severity));
    object.number("frame", judgement.frame);
    if (sighting.sub == no_sub)
        object.null("sub");
    else
        object.signed_number("sub", sighting.sub);
    append_related(object.key("related"), judgement);
    object.number("conn", static_cast<std::uint32_t>(judgement.conn));
    object.text("dialect", spelling(judgement.dialect));
    if (judgement.opcode != nullptr)
        object.text("opcode", judgement.opcode->name);
    else
        object.null("opcode");
    object.number("unique", judgement.unique);
    object.number_or_null("nodeid", sighting.nodeid);
    object.text("path", judgement.path);
    object.number("offset", sighting.offset);
    object.text("observed", sighting.observed);
    object.text("expected", sighting.expected);
    object.text("message", judgement.message());
    object.text("consequence", judgement.consequence());
    object.text("advice", judgement.rule->advice);
    object.number("count", judgement.count);
    object.number("last_frame", judgement.last_frame);
    object.close();
}

void append_place(std::string& out, const Judgement& judgement) {
    const auto end = std::back_inserter(out);
    fmt::format_to(end, "frame {}", judgement.frame);
    if (judgement.opcode != nullptr)
        fmt::format_to(end, ", {}", judgement.opcode->name);
    if (judgement.sighting.sub != no_sub)
        fmt::format_to(end, ", operation {}", judgement.sighting.sub);
    if (judgement.sighting.nodeid != 0)
        fmt::format_to(end, ", nodeid {}", judgement.sighting.nodeid);
    if (!judgement.path.empty() && judgement.path != "?") {
        out += ' ';
        append_escaped(out, judgement.path);
    }
    if (judgement.unique != 0)
        fmt::format_to(end, ", unique {}", judgement.unique);
}

void append_evidence(std::string& out, const Judgement& judgement) {
    constexpr std::size_t most_frames = 8;
    const Sighting& sighting = judgement.sighting;
    append_printable(out, sighting.observed);
    if (!sighting.expected.empty()) {
        out += sighting.observed.empty() ? "expected " : ", expected ";
        append_printable(out, sighting.expected);
    }
    if (sighting.related.empty())
        return;
    const bool alone = sighting.observed.empty() && sighting.expected.empty();
    const std::span<const std::uint64_t> frames(sighting.related);
    fmt::format_to(std::back_inserter(out), "{}see frame {}{}{}", alone ? "" : " (",
                   fmt::join(frames.first(std::min(frames.size(), most_frames)), ", "),
                   frames.size() > most_frames ? " ..." : "", alone ? "" : ")");
}

void append_sighting(std::string& out, const Judgement& judgement) {
    std::string evidence;
    append_evidence(evidence, judgement);
    if (judgement.sighting.text != nullptr)
        fmt::format_to(std::back_inserter(out), "{}{}", judgement.sighting.text,
                       evidence.empty() ? "" : ": ");
    out += evidence;
}

} // namespace fusewire

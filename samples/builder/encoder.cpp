#include "samples/builder/encoder.h"

#include <fmt/format.h>

#include <algorithm>

#include "samples/builder/kernel_defaults.h"
#include "samples/builder/numbers.h"

namespace fusewire::samples {

namespace {

constexpr std::uint64_t root_nodeid = 1;
constexpr std::uint64_t first_minor_with_extlen = 38;
constexpr std::uint32_t fhandle_area = 130; // what the RFC's kernel reserves: u16 and 128 bytes

// The room that the kernel's compound builder reserves for a reply.
std::uint64_t largest_reply(const Opcode* opcode, const Dialect& dialect) {
    std::uint64_t size = 0;
    if (opcode == nullptr)
        return size;
    for (const Part& part : opcode->reply.parts) {
        if (!has_part(part, dialect))
            continue;
        if (part.kind == PartKind::fields)
            size += part.layout->size;
        else if (part.kind == PartKind::file_handle)
            size += fhandle_area;
    }
    return size;
}

bool same_letters(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
        return std::toupper(x) == std::toupper(y);
    });
}

const Opcode* named(std::span<const Opcode* const> rows, std::string_view name,
                    DialectName dialect) {
    for (const Opcode* row : rows)
        if ((row->dialects & in_dialect(dialect)) != 0 && same_letters(row->name, name))
            return row;
    return nullptr;
}

std::vector<std::string> names_of_rows(std::span<const Opcode* const> rows) {
    std::vector<std::string> names;
    for (const Opcode* row : rows)
        names.emplace_back(row->name);
    return names;
}

bool names_its_node(const MessageText& sub) {
    return std::any_of(sub.assignments.begin(), sub.assignments.end(),
                       [](const Assignment& one) { return one.path.back() == "nodeid"; });
}

bool has_part(const Body& body, PartKind kind) {
    return std::any_of(body.parts.begin(), body.parts.end(),
                       [&](const Part& part) { return part.kind == kind; });
}

} // namespace

bool Encoder::Draft::replaced() const {
    return std::any_of(edits.begin(), edits.end(),
                       [](const Assignment* edit) { return edit->path.front() == "bytes"; });
}

Encoder::Draft Encoder::sort(const MessageText& text, const Opcode* opcode,
                             std::string_view direction) {
    Draft draft;
    draft.text = &text;
    draft.what = fmt::format("{} {}", opcode != nullptr ? opcode->name : text.opcode, direction);
    const auto place = [&](const Assignment& assignment) {
        const std::string& first = assignment.path.front();
        if (first == "header" || first == "error")
            draft.header.push_back(&assignment);
        else if (first == "ext")
            draft.extensions.push_back(&assignment);
        else if (first == "bytes" || first == "append" || first == "cut")
            draft.edits.push_back(&assignment);
        else if (first == "poke")
            draft.pokes.push_back(&assignment);
        else
            draft.fields.push_back(&assignment);
    };
    for (const Assignment& assignment : text.assignments)
        place(assignment);
    return draft;
}

const Opcode* Encoder::opcode_of(const MessageText& text, std::uint32_t& number) {
    std::string problem;
    if (const Opcode* row = named(all_opcodes(), text.opcode, meaning_.dialect)) {
        number = row->number;
        return row;
    }
    if (const auto value = number_of(text.opcode, {}, problem)) {
        number = static_cast<std::uint32_t>(*value);
        return find_opcode(number, meaning_.dialect);
    }
    const bool elsewhere = find_opcode_named(text.opcode) != nullptr;
    complaint_.say(text.place, elsewhere ? fmt::format("dialect {} has no opcode {}",
                                                       spelling(meaning_.dialect), text.opcode)
                                         : fmt::format("no opcode \"{}\"{}", text.opcode,
                                                       did_you_mean(text.opcode,
                                                                    names_of_rows(all_opcodes()))));
    return nullptr;
}

std::uint64_t Encoder::number_in(const Written& value, std::string_view what) {
    std::string problem;
    const auto number = number_of(value.text, {}, problem);
    if (!number || value.form != Written::Form::word)
        complaint_.say(value.place, fmt::format("\"{}\" takes a number; {}", what, problem));
    return number.value_or(0);
}

void Encoder::assign_header(StructValue& header, const Draft& draft) {
    for (const Assignment* assignment : draft.header) {
        std::span<const std::string> path = assignment->path;
        if (path.front() == "header")
            path = path.subspan(1);
        if (!path.empty()) {
            if (!header.assign(path, *assignment)) {
                std::vector<std::string> names = draft.known;
                samples::add_names(header.layout(), names);
                complaint_.say(assignment->place,
                               fmt::format("{} has no field \"{}\"{}", draft.what,
                                           assignment->name(), did_you_mean(path.back(), names)));
            }
            continue;
        }
        for (const Assignment& member : assignment->value.members)
            if (!header.assign(member.path, member))
                complaint_.say(member.place,
                               fmt::format("the header has no field \"{}\"", member.name()));
    }
}

// bytes= replaces what was encoded; append= and cut= change its end, in the order written.
void Encoder::edit(Octets& body, const Draft& draft) {
    for (const Assignment* assignment : draft.edits) {
        const std::string& what = assignment->path.front();
        if (what == "cut") {
            const std::uint64_t size = number_in(assignment->value, what);
            body.resize(body.size() - std::min<std::size_t>(body.size(), size));
            continue;
        }
        if (what == "bytes")
            body.clear();
        append(body, bytes_of(assignment->value, complaint_));
    }
}

// poke{at=4 bytes=hex:ff} overwrites bytes of the finished message.
void Encoder::poke(Octets& message, const Draft& draft) {
    for (const Assignment* assignment : draft.pokes) {
        std::uint64_t at = 0;
        std::string bytes;
        for (const Assignment& member : assignment->value.members) {
            if (member.name() == "at")
                at = number_in(member.value, "at");
            else if (member.name() == "bytes")
                bytes = bytes_of(member.value, complaint_);
            else
                complaint_.say(member.place, "poke takes at= and bytes=");
        }
        if (at > message.size() || bytes.size() > message.size() - at) {
            complaint_.say(assignment->place,
                           fmt::format("the message has only {} bytes", message.size()));
            return;
        }
        for (std::size_t i = 0; i < bytes.size(); ++i)
            message[at + i] = static_cast<std::byte>(bytes[i]);
    }
}

// Fields that the body does not know are moved to the header's.
Octets Encoder::encoded_body(const Opcode* opcode, const Body* body, Draft& draft,
                             const Facts& facts, Encoded& out) {
    Octets bytes;
    Parts parts;
    if (opcode != nullptr && body != nullptr && !draft.replaced())
        parts = parts_of(*body, draft);
    for (const PartState& state : parts)
        add_names(state, draft.known);
    for (const Assignment* assignment : draft.fields)
        if (!assign(parts, *assignment, facts.operation))
            draft.header.push_back(assignment);
    add_subs(parts, draft, facts, out);
    if (facts.header != nullptr && !parts.empty() && parts.front().fixed)
        parts.front().fixed->fill_in({"unique"}, facts.header->pending);
    fill_in_counts(parts);
    for (const PartState& state : parts)
        append(bytes, bytes_of_part(state, draft));
    if (!parts.empty())
        out.head = parts.front().fixed;
    edit(bytes, draft);
    return bytes;
}

void Encoder::add_subs(Parts& parts, const Draft& draft, const Facts& facts, Encoded& out) {
    for (PartState& state : parts) {
        const bool requests = state.part->kind == PartKind::sub_requests;
        if (!requests && state.part->kind != PartKind::sub_replies)
            continue;
        std::uint64_t room = 0;
        for (const MessageText& sub : draft.text->subs) {
            if (requests)
                room += add_sub_request(state, sub, *facts.header, out);
            else
                add_sub_reply(state, sub, facts.answered);
            ++state.count;
        }
        if (parts.front().fixed) {
            parts.front().fixed->fill_in({"count"}, state.count);
            parts.front().fixed->fill_in({"result_size"}, room);
        }
    }
}

// Returns the room that its reply takes.
std::uint64_t Encoder::add_sub_request(PartState& state, const MessageText& written,
                                       const RequestHeader& outer, Encoded& out) {
    const SubHeaderForm form = sub_header_form(meaning_.dialect);
    const bool finds_node = state.count == 0 || names_its_node(written);
    MessageText sub = written;
    if (state.part->layout != nullptr)
        add_dependency(state.bytes, *state.part->layout, sub, finds_node);
    RequestHeader header = outer;
    if (!form.callers_ids)
        header.uid = header.gid = header.pid = 0;
    header.unique = form.unique_is_index ? state.count : 0;
    header.nodeid = finds_node ? root_nodeid : form.found_node;
    header.counts_extensions = form.counts_extensions;
    const Encoded encoded = request(sub, header);
    append(state.bytes, encoded.bytes);
    out.exchange.subs.push_back(encoded.exchange.outer);
    out.exchange.subs.back().unique = encoded.unique;
    return largest_reply(encoded.exchange.outer.opcode, dialect_);
}

// dep_index, unless given, is the first operation's where the sub-request does not name its node.
void Encoder::add_dependency(Octets& out, const Struct& prefix, MessageText& sub, bool finds_node) {
    constexpr std::uint64_t no_dependency = 0xff;
    StructValue value(prefix, prefix.cuts.empty() ? prefix.size : prefix.cuts.front().size,
                      meaning_, complaint_);
    const auto given =
        std::find_if(sub.assignments.begin(), sub.assignments.end(),
                     [](const Assignment& one) { return one.name() == "dep_index"; });
    if (given != sub.assignments.end()) {
        value.assign(given->path, *given);
        sub.assignments.erase(given);
    }
    value.fill_in({"dep_index"}, finds_node ? no_dependency : 0);
    append(out, value.bytes());
}

void Encoder::add_sub_reply(PartState& state, const MessageText& sub, const Exchange* answered) {
    const bool known = answered != nullptr && state.count < answered->subs.size();
    Exchange one;
    if (known)
        one.outer = answered->subs[state.count];
    append(state.bytes, reply(sub, known ? &one : nullptr, one.outer.unique).bytes);
}

void Encoder::finish(Encoded& out, const StructValue& header, std::initializer_list<Octets> pieces,
                     const Draft& draft) {
    out.bytes = header.bytes();
    for (const Octets& piece : pieces)
        append(out.bytes, piece);
    poke(out.bytes, draft);
    out.unique = header.value({"unique"});
}

Encoder::Encoded Encoder::request(const MessageText& written, const RequestHeader& ids) {
    Encoded out;
    std::uint32_t number = 0;
    const Opcode* opcode = opcode_of(written, number);
    if (complaint_.failed())
        return out;
    const MessageText text = with_defaults(written, opcode, Direction::request);
    Draft draft = sort(text, opcode, "request");
    if (text.has_subs && (opcode == nullptr || !has_part(opcode->request, PartKind::sub_requests)))
        complaint_.say(text.place, fmt::format("{} carries no operations", draft.what));
    const Octets body = encoded_body(opcode, opcode != nullptr ? &opcode->request : nullptr, draft,
                                     {.header = &ids}, out);
    Octets extensions;
    for (const Assignment* assignment : draft.extensions)
        append(extensions, extension(*assignment));

    StructValue header(in_header, in_header.size, meaning_, complaint_);
    assign_header(header, draft);
    const bool counted = ids.counts_extensions && minor_ >= first_minor_with_extlen;
    header.fill_in({"len"}, in_header.size + body.size() + extensions.size());
    header.fill_in({"opcode"}, number);
    // INTERRUPT names its target in the body, and in the header with bit 0 set.
    const std::uint64_t target = out.head ? out.head->value({"unique"}) : 0;
    header.fill_in({"unique"}, target != 0 ? target | 1 : ids.unique);
    header.fill_in({"nodeid"}, ids.nodeid);
    header.fill_in({"uid"}, ids.uid);
    header.fill_in({"gid"}, ids.gid);
    header.fill_in({"pid"}, ids.pid);
    header.fill_in({"total_extlen"}, counted ? extensions.size() / 8 : 0);

    finish(out, header, {body, extensions}, draft);
    out.exchange.outer = {opcode, number};
    if (out.head && opcode->asked != nullptr)
        out.exchange.outer.asked = out.head->value({opcode->asked->name});
    if (out.head)
        out.exchange.outer.offset = out.head->value({"offset"});
    return out;
}

const Body* Encoder::chosen_reply(const Operation& operation, const Draft& draft) {
    for (const ReplyChoice& choice : operation.opcode->reply_choices) {
        std::uint64_t value = operation.asked;
        if (choice.field != operation.opcode->asked) {
            value = 0;
            for (const Assignment* assignment : draft.fields)
                if (assignment->path.back() == choice.field->name)
                    value = integer_of(*choice.field, assignment->value, meaning_, complaint_);
        }
        if ((value & choice.mask) == choice.value)
            return &choice.body;
    }
    return &operation.opcode->reply;
}

std::int64_t Encoder::error_in(const Draft& draft) {
    StructValue header(out_header, out_header.size, meaning_, complaint_);
    assign_header(header, draft);
    return static_cast<std::int32_t>(header.value({"error"}));
}

// No field of the body is given, so that of an error reply is empty.
bool Encoder::only_header(const Draft& draft) const {
    return !draft.text->has_subs &&
           std::all_of(draft.fields.begin(), draft.fields.end(), [](const Assignment* assignment) {
               return !find_fields(out_header, assignment->path, 0).empty();
           });
}

Encoder::Encoded Encoder::reply(const MessageText& written, const Exchange* answered,
                                std::uint64_t unique) {
    Encoded out;
    Operation operation;
    if (!written.opcode.empty())
        operation.opcode = opcode_of(written, operation.number);
    if (answered != nullptr &&
        (written.opcode.empty() || answered->outer.opcode == operation.opcode))
        operation = answered->outer;
    if (complaint_.failed())
        return out;
    const Draft own = sort(written, operation.opcode, "reply");
    const MessageText text = with_defaults(written, operation.opcode, Direction::reply);
    out.error = error_in(own);
    const bool bare = out.error != 0 && only_header(own);
    Draft draft = bare ? own : sort(text, operation.opcode, "reply");
    const Body* body =
        operation.opcode != nullptr && !bare ? chosen_reply(operation, draft) : nullptr;
    if (text.has_subs && (body == nullptr || !has_part(*body, PartKind::sub_replies)))
        complaint_.say(text.place, fmt::format("{} carries no operations", draft.what));
    const Octets payload = encoded_body(operation.opcode, body, draft,
                                        {.operation = &operation, .answered = answered}, out);

    StructValue header(out_header, out_header.size, meaning_, complaint_);
    assign_header(header, draft);
    header.fill_in({"len"}, out_header.size + payload.size());
    header.fill_in({"unique"}, unique);
    finish(out, header, {payload}, draft);
    return out;
}

Encoder::Encoded Encoder::notification(const MessageText& text) {
    Encoded out;
    std::string problem;
    const Opcode* row = named(all_notifications(), text.opcode, meaning_.dialect);
    const auto code = row != nullptr ? std::optional<std::uint64_t>(row->number)
                                     : number_of(text.opcode, {}, problem);
    if (!code) {
        complaint_.say(text.place,
                       fmt::format("no notification \"{}\"{}", text.opcode,
                                   did_you_mean(text.opcode, names_of_rows(all_notifications()))));
        return out;
    }
    if (row == nullptr)
        row = find_notification(static_cast<std::uint32_t>(*code));
    Draft draft = sort(text, row, "notification");
    const Octets body = encoded_body(row, row != nullptr ? &row->reply : nullptr, draft, {}, out);
    StructValue header(notify_header, notify_header.size, meaning_, complaint_);
    assign_header(header, draft);
    header.fill_in({"len"}, notify_header.size + body.size());
    header.fill_in({"notify"}, *code);
    finish(out, header, {body}, draft);
    out.exchange.outer = {row, static_cast<std::uint32_t>(*code)};
    return out;
}

} // namespace fusewire::samples

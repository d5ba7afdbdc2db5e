// The parts of a body: fixed structs, names, data, arrays, directory records, fhandles.
#include <fmt/format.h>

#include <algorithm>

#include "samples/builder/encoder.h"

namespace fusewire::samples {

namespace {

std::string_view keyword(const Part& part) {
    switch (part.kind) {
    case PartKind::dirents:
        return field::dirent.name;
    case PartKind::direntplus:
        return field::direntplus.name;
    case PartKind::file_handle:
        return field::fhandle.name;
    case PartKind::name:
    case PartKind::data:
    case PartKind::array:
    case PartKind::strings:
        return part.field->name;
    case PartKind::fields:
    case PartKind::sub_requests:
    case PartKind::sub_replies:
        return {};
    }
    return {};
}

bool cut_applies(const Cut& cut, std::uint64_t minor, std::uint64_t flags) {
    return (cut.minor != 0 && minor < cut.minor) || (cut.needs != 0 && (flags & cut.needs) == 0);
}

bool has(const Struct& layout, const Field* field) {
    return std::any_of(layout.fields.begin(), layout.fields.end(),
                       [&](const Field& one) { return &one == field; });
}

} // namespace

Encoder::Parts Encoder::parts_of(const Body& body, const Draft& draft) {
    Parts parts;
    for (const Part& part : body.parts) {
        if (!has_part(part, dialect_))
            continue;
        const bool first = parts.empty();
        PartState& state = parts.emplace_back();
        state.part = &part;
        if (part.kind != PartKind::fields)
            continue;
        state.fixed.emplace(*part.layout,
                            first ? effective_size(*part.layout, draft) : part.layout->size,
                            meaning_, complaint_);
        state.fixed->fill_in({"minor"}, minor_); // INIT, where the text does not say
    }
    return parts;
}

// INIT settles the minor that its own reply is laid out for.
std::uint32_t Encoder::effective_size(const Struct& layout, const Draft& draft) {
    std::uint64_t minor = minor_;
    for (const Assignment* assignment : draft.fields)
        if (assignment->name() == "minor")
            minor = std::min(minor_, number_in(assignment->value, "minor"));
    for (const Cut& cut : layout.cuts)
        if (cut_applies(cut, minor, flags_))
            return cut.size;
    return layout.size;
}

bool Encoder::assign(Parts& parts, const Assignment& assignment, const Operation* answered) {
    for (PartState& state : parts)
        if (!keyword(*state.part).empty() && assignment.path.front() == keyword(*state.part))
            return assign_variable(state, assignment, answered);
    return assign_fixed(parts, assignment);
}

bool Encoder::assign_variable(PartState& state, const Assignment& assignment,
                              const Operation* answered) {
    state.given = true;
    switch (state.part->kind) {
    case PartKind::name:
        assign_name(state, assignment);
        return true;
    case PartKind::data: {
        state.bytes.clear();
        append(state.bytes, bytes_of(assignment.value, complaint_));
        state.count = state.bytes.size();
        return true;
    }
    case PartKind::array:
        if (state.part->layout != nullptr)
            add_element(state, assignment);
        else
            assign_list(state, assignment);
        return true;
    case PartKind::strings:
        assign_list(state, assignment);
        return true;
    case PartKind::dirents:
    case PartKind::direntplus:
        add_dirent(state, assignment, answered);
        return true;
    case PartKind::file_handle:
        assign_handle(state.handle, std::span(assignment.path).subspan(1), assignment.value);
        return true;
    default:
        return false;
    }
}

// The shallowest field of that name among all fixed structs of the body.
bool Encoder::assign_fixed(Parts& parts, const Assignment& assignment) {
    for (int depth = 0; depth < max_group_depth; ++depth) {
        StructValue* owner = nullptr;
        FieldPlace at;
        std::size_t matches = 0;
        for (PartState& state : parts) {
            if (!state.fixed)
                continue;
            const auto found = find_fields(state.fixed->layout(), assignment.path, depth);
            matches += found.size();
            if (!found.empty() && owner == nullptr) {
                owner = &*state.fixed;
                at = found.front();
            }
        }
        if (matches > 1)
            complaint_.say(assignment.place,
                           fmt::format("\"{}\" is more than one field, name the group before it",
                                       assignment.name()));
        else if (owner != nullptr)
            owner->assign(at, assignment);
        if (matches > 0)
            return true;
    }
    return false;
}

void Encoder::assign_name(PartState& state, const Assignment& assignment) {
    state.bytes.clear();
    append(state.bytes, bytes_of(assignment.value, complaint_));
    state.count = state.bytes.size() + (state.part->nul_counted ? 1 : 0);
    state.bytes.push_back(std::byte{0});
}

void Encoder::append_integer(Octets& out, const Field& field, const Written& value) {
    const std::uint64_t number = integer_of(field, value, meaning_, complaint_);
    out.resize(out.size() + field.width);
    put(out, out.size() - field.width, field.width, number, meaning_.order);
}

// nodeids=[1 2 3] and names=["user.a" "user.b"].
void Encoder::assign_list(PartState& state, const Assignment& assignment) {
    if (assignment.value.form != Written::Form::list) {
        complaint_.say(assignment.value.place,
                       fmt::format("\"{}\" takes a list, [a b c]", assignment.name()));
        return;
    }
    for (const Written& item : assignment.value.items) {
        if (state.part->kind == PartKind::strings) {
            append(state.bytes, bytes_of(item, complaint_));
            state.bytes.push_back(std::byte{0});
        } else {
            append_integer(state.bytes, *state.part->field, item);
        }
        ++state.count;
    }
}

void Encoder::add_element(PartState& state, const Assignment& assignment) {
    StructValue element(*state.part->layout, state.part->layout->size, meaning_, complaint_);
    if (assignment.value.form != Written::Form::group)
        complaint_.say(assignment.value.place,
                       fmt::format("write {}{{…}} for each", assignment.name()));
    for (const Assignment& member : assignment.value.members)
        if (!element.assign(member.path, member))
            complaint_.say(member.place, fmt::format("{} has no field \"{}\"",
                                                     state.part->layout->uapi, member.name()));
    append(state.bytes, element.bytes());
    ++state.count;
}

// A head, the name without NUL, zeros to a multiple of 8. Cookies count up from where the request
// began; ino and type repeat those of the entry in front of them, where there is one.
void Encoder::add_dirent(PartState& state, const Assignment& assignment,
                         const Operation* answered) {
    StructValue head(*state.part->layout, state.part->layout->size, meaning_, complaint_);
    const bool plus = state.part->kind == PartKind::direntplus;
    std::string name;
    const Written* padding = nullptr;
    for (const Assignment& member : assignment.value.members) {
        if (member.name() == field::dirent_name.name)
            name = bytes_of(member.value, complaint_);
        else if (member.name() == "padding")
            padding = &member.value;
        else if (!head.assign(member.path, member))
            complaint_.say(member.place, fmt::format("{} has no field \"{}\"",
                                                     state.part->layout->uapi, member.name()));
    }
    ++state.count;
    const std::uint64_t cookie = (answered != nullptr ? answered->offset : 0) + state.count;
    if (plus) {
        head.fill_in({"dirent", "ino"}, head.value({"entry_out", "attr", "ino"}));
        head.fill_in({"dirent", "type"}, head.value({"entry_out", "attr", "mode"}) >> 12 & 15);
        head.fill_in({"dirent", "off"}, cookie);
        head.fill_in({"dirent", "namelen"}, name.size());
    } else {
        head.fill_in({"off"}, cookie);
        head.fill_in({"namelen"}, name.size());
    }
    append(state.bytes, head.bytes());
    append(state.bytes, name);
    if (padding != nullptr)
        append(state.bytes, bytes_of(*padding, complaint_));
    else
        pad_to(state.bytes, 8);
}

// fhandle=a1a2, fhandle=none (no size field either), fhandle{size=64 handle=a1a2 padding=zeros:6}
void Encoder::assign_handle(HandleText& handle, std::span<const std::string> path,
                            const Written& value) {
    if (!path.empty()) {
        const std::string& member = path.front();
        if (member == field::fhandle_size.name)
            handle.size = number_in(value, member);
        else if (member == "type")
            handle.type = number_in(value, member);
        else if (member == field::fhandle_bytes.name)
            handle.bytes = handle_of(value, complaint_);
        else if (member == field::padding.name)
            handle.padding = bytes_of(value, complaint_);
        else
            complaint_.say(
                value.place,
                fmt::format("an fhandle has size, type, handle and padding, not \"{}\"", member));
        return;
    }
    handle.none = value.form == Written::Form::word && value.text == "none";
    if (value.form == Written::Form::group)
        for (const Assignment& member : value.members)
            assign_handle(handle, member.path, member.value);
    else if (!handle.none)
        handle.bytes = handle_of(value, complaint_);
}

Octets Encoder::bytes_of_handle(const Struct& head, const HandleText& handle) {
    if (handle.none)
        return {};
    StructValue value(head, head.size, meaning_, complaint_);
    value.fill_in({"size"}, handle.size.value_or(handle.bytes.size()));
    value.fill_in({"type"}, handle.type);
    Octets out = value.bytes();
    append(out, handle.bytes);
    append(out, handle.padding);
    return out;
}

// Fields that say how much follows.
void Encoder::fill_in_counts(Parts& parts) {
    for (const PartState& counted : parts) {
        if (counted.part->count == nullptr)
            continue;
        for (PartState& state : parts)
            if (state.fixed && has(state.fixed->layout(), counted.part->count))
                state.fixed->fill_in_at(counted.part->count->offset, counted.part->count->width,
                                        counted.count);
    }
}

void Encoder::add_names(const PartState& state, std::vector<std::string>& names) const {
    if (state.fixed)
        samples::add_names(state.fixed->layout(), names);
    else if (!keyword(*state.part).empty())
        names.emplace_back(keyword(*state.part));
}

Octets Encoder::bytes_of_part(const PartState& state, const Draft& draft) {
    if (state.part->optional && !state.given)
        return {};
    if (state.part->kind == PartKind::name && !state.given)
        complaint_.say(draft.text->place,
                       fmt::format("{} needs {}=", draft.what, state.part->field->name));
    if (state.part->kind == PartKind::file_handle)
        return bytes_of_handle(*state.part->layout, state.handle);
    return state.fixed ? state.fixed->bytes() : state.bytes;
}

} // namespace fusewire::samples

// Extension records behind a request's body, written ext{fhandle=…}, ext{groups=[…]},
// ext{secctx{name=… value=…}} or ext{type=… bytes=…}. Their order is the order written.
#include <fmt/format.h>

#include <algorithm>

#include "samples/builder/encoder.h"

namespace fusewire::samples {

namespace {

constexpr std::uint64_t type_groups = 32;
constexpr std::uint64_t type_handle = 33;

// ext.fhandle=… is short for ext{fhandle=…}.
Assignment as_group(const Assignment& assignment) {
    if (assignment.path.size() == 1)
        return assignment;
    Assignment member = assignment;
    member.path.erase(member.path.begin());
    Assignment whole{.path = {assignment.path.front()}, .place = assignment.place};
    whole.value.form = Written::Form::group;
    whole.value.members.push_back(std::move(member));
    return whole;
}

} // namespace

Octets Encoder::extension(const Assignment& assignment) {
    ExtensionText text{.head = {ext_header, ext_header.size, meaning_, complaint_},
                       .groups = {supp_groups, supp_groups.size, meaning_, complaint_}};
    for (const Assignment& member : as_group(assignment).value.members)
        assign_extension(text, member);
    Octets record = text.head.bytes();
    if (text.handle)
        append(record, bytes_of_handle(fhandle_head, *text.handle));
    if (text.has_groups)
        append(record, text.groups.bytes());
    append(record, text.body);
    pad_to(record, 8);
    text.head.fill_in({"size"}, record.size());
    text.head.fill_in({"type"},
                      text.handle ? type_handle : (text.has_groups ? type_groups : text.contexts));
    std::copy(text.head.bytes().begin(), text.head.bytes().end(), record.begin());
    return record;
}

void Encoder::assign_extension(ExtensionText& text, const Assignment& member) {
    const std::string& name = member.path.front();
    if (name == field::fhandle.name) {
        if (!text.handle)
            text.handle.emplace();
        assign_handle(*text.handle, std::span(member.path).subspan(1), member.value);
    } else if (name == field::group_id.name) {
        text.has_groups = true;
        for (const Written& item : member.value.items)
            append_integer(text.body, field::group_id, item);
        text.groups.fill_in({"nr_groups"}, member.value.items.size());
    } else if (name == field::secctx_entry.name) {
        security_context(text.body, member);
        ++text.contexts;
    } else if (name == field::nr_secctx.name) {
        text.contexts = number_in(member.value, name);
    } else if (name == "bytes") {
        append(text.body, bytes_of(member.value, complaint_));
    } else if (!text.head.assign(member.path, member) && !text.groups.assign(member.path, member)) {
        complaint_.say(member.place,
                       fmt::format("an extension has no \"{}\"; it takes fhandle, groups, secctx, "
                                   "nr_secctx, bytes, type, size",
                                   member.name()));
    }
}

// struct fuse_secctx, name, value, zeros to a multiple of 8.
void Encoder::security_context(Octets& body, const Assignment& assignment) {
    StructValue head(secctx, secctx.size, meaning_, complaint_);
    std::string name;
    std::string value;
    for (const Assignment& member : assignment.value.members) {
        if (member.name() == field::secctx_name.name)
            name = bytes_of(member.value, complaint_);
        else if (member.name() == field::secctx_value.name)
            value = bytes_of(member.value, complaint_);
        else if (!head.assign(member.path, member))
            complaint_.say(member.place,
                           fmt::format("a security context has no \"{}\"", member.name()));
    }
    head.fill_in({"size"}, value.size());
    append(body, head.bytes());
    append(body, name);
    body.push_back(std::byte{0});
    append(body, value);
    pad_to(body, 8);
}

} // namespace fusewire::samples

// Extension records behind a request's body, written ext{fhandle=…}, ext{groups=[…]},
// ext{secctx{name=… value=…}} or ext{type=… bytes=…}. Their order is the order written.
#include <fmt/format.h>

#include "samples/builder/encoder.h"

namespace fusewire::samples {

namespace {

constexpr std::uint64_t type_groups = 32;
constexpr std::uint64_t type_handle = 33;

} // namespace

Octets Encoder::extension(const Assignment& assignment) {
    // ext.fhandle=… is short for ext{fhandle=…}.
    if (assignment.path.size() > 1) {
        Assignment member = assignment;
        member.path.erase(member.path.begin());
        Assignment whole{.path = {assignment.path.front()}, .place = assignment.place};
        whole.value.form = Written::Form::group;
        whole.value.members.push_back(std::move(member));
        return extension(whole);
    }
    StructValue head(ext_header, ext_header.size, meaning_, complaint_);
    StructValue groups(supp_groups, supp_groups.size, meaning_, complaint_);
    Octets body;
    HandleText handle;
    std::uint64_t contexts = 0;
    bool has_handle = false;
    bool has_groups = false;
    for (const Assignment& member : assignment.value.members) {
        const std::string& name = member.path.front();
        if (name == field::fhandle.name) {
            assign_handle(handle, std::span(member.path).subspan(1), member.value);
            has_handle = true;
        } else if (name == field::group_id.name) {
            has_groups = true;
            for (const Written& item : member.value.items) {
                body.resize(body.size() + field::group_id.width);
                put(body, body.size() - field::group_id.width, field::group_id.width,
                    integer_of(field::group_id, item, meaning_, complaint_), meaning_.order);
            }
            groups.fill_in({"nr_groups"}, body.size() / field::group_id.width);
        } else if (name == field::secctx_entry.name) {
            security_context(body, member);
            ++contexts;
        } else if (name == field::nr_secctx.name) {
            contexts = number_in(member.value, name);
        } else if (name == "bytes") {
            append(body, bytes_of(member.value, complaint_));
        } else if (!head.assign(member.path, member) && !groups.assign(member.path, member)) {
            complaint_.say(
                member.place,
                fmt::format("an extension has no \"{}\"; it takes fhandle, groups, secctx, "
                            "nr_secctx, bytes, type, size",
                            member.name()));
        }
    }
    Octets record = head.bytes();
    if (has_handle)
        append(record, bytes_of_handle(handle));
    if (has_groups)
        append(record, groups.bytes());
    append(record, body);
    pad_to(record, 8);
    head.fill_in({"size"}, record.size());
    head.fill_in({"type"}, has_handle ? type_handle : (has_groups ? type_groups : contexts));
    std::copy(head.bytes().begin(), head.bytes().end(), record.begin());
    return record;
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

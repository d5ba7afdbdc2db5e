#include "samples/builder/struct_value.h"

#include <fmt/format.h>

#include <algorithm>

namespace fusewire::samples {

namespace {

void collect(const Struct& layout, std::uint32_t base, std::span<const std::string> path, int depth,
             std::vector<FieldPlace>& found) {
    for (const Field& field : layout.fields) {
        const std::uint32_t offset = base + field.offset;
        if (depth > 0) {
            if (field.members != nullptr)
                collect(*field.members, offset, path, depth - 1, found);
            continue;
        }
        if (path.front() != field.name)
            continue;
        if (path.size() == 1)
            found.push_back({&field, offset, &layout, base});
        else if (field.members != nullptr)
            collect(*field.members, offset, path.subspan(1), 0, found);
    }
}

// The nanoseconds that go with a field of seconds: atimensec, entry_valid_nsec, tv_nsec after tv_sec.
const Field* nanoseconds_of(const FieldPlace& seconds) {
    const std::string name = seconds.field->name;
    for (const Field& field : seconds.parent->fields)
        if (field.kind == Kind::nanoseconds &&
            (field.name == name + "nsec" || field.name == name + "_nsec" ||
             (name == "tv_sec" && field.name == std::string("tv_nsec"))))
            return &field;
    return nullptr;
}

// The seconds of a group that is a time; without a field for any other group.
FieldPlace seconds_in(const FieldPlace& group) {
    for (const Field& field : group.field->members->fields)
        if (field.name == std::string("tv_sec"))
            return {&field, group.offset + field.offset, group.field->members, group.offset};
    return {};
}

} // namespace

std::vector<FieldPlace> find_fields(const Struct& layout, std::span<const std::string> path,
                                    int depth) {
    std::vector<FieldPlace> found;
    collect(layout, 0, path, depth, found);
    return found;
}

void add_names(const Struct& layout, std::vector<std::string>& names) {
    for (const Field& field : layout.fields) {
        names.emplace_back(field.name);
        if (field.members != nullptr)
            add_names(*field.members, names);
    }
}

bool StructValue::assign(std::span<const std::string> path, const Assignment& assignment) {
    for (int depth = 0; depth < max_group_depth; ++depth) {
        const std::vector<FieldPlace> found = find_fields(*layout_, path, depth);
        if (found.empty())
            continue;
        if (found.size() > 1)
            complaint_->say(
                assignment.place,
                fmt::format("\"{}\" is more than one field of {}, name the group before it",
                            assignment.name(), layout_->uapi));
        else
            assign(found.front(), assignment);
        return true;
    }
    return false;
}

void StructValue::assign(const FieldPlace& at, const Assignment& assignment) {
    std::uint64_t seconds = 0;
    std::uint64_t nanoseconds = 0;
    if (fraction_of(assignment.value, seconds, nanoseconds))
        assign_fraction(at, seconds, nanoseconds, assignment.value.place);
    else if (at.field->members != nullptr)
        assign_group(at, assignment);
    else if (!holds_integer(*at.field))
        assign_bytes(at, assignment.value);
    else if (holds(at, assignment.place))
        store(at, integer_of(*at.field, assignment.value, meaning_, *complaint_));
}

bool StructValue::holds(const FieldPlace& at, const Place& place) {
    if (at.offset + at.field->width <= bytes_.size())
        return true;
    complaint_->say(place, fmt::format("\"{}\" is beyond the {} bytes that {} has in this minor",
                                       at.field->name, bytes_.size(), layout_->uapi));
    return false;
}

void StructValue::store(const FieldPlace& at, std::uint64_t value) {
    given_.insert(at.offset);
    put(bytes_, at.offset, at.field->width, value, meaning_.order);
}

void StructValue::assign_group(const FieldPlace& at, const Assignment& assignment) {
    const FieldPlace seconds = seconds_in(at);
    if (assignment.value.form == Written::Form::word && seconds.field != nullptr) {
        assign(seconds, assignment); // a time without its nanoseconds
        return;
    }
    if (assignment.value.form != Written::Form::group) {
        complaint_->say(
            assignment.value.place,
            fmt::format("\"{0}\" is a group, write {0}{{…}} or {0}.member=", at.field->name));
        return;
    }
    for (const Assignment& member : assignment.value.members) {
        const std::vector<FieldPlace> found = find_fields(*at.field->members, member.path, 0);
        if (found.size() == 1) {
            const FieldPlace inside = found.front();
            assign(
                {inside.field, at.offset + inside.offset, inside.parent, at.offset + inside.base},
                member);
            continue;
        }
        std::vector<std::string> names;
        add_names(*at.field->members, names);
        complaint_->say(member.place,
                        fmt::format("{} has no field \"{}\"{}", at.field->members->uapi,
                                    member.name(), did_you_mean(member.name(), names)));
    }
}

// atime=1.5 means seconds and the nanoseconds beside them, or inside a group of the two.
void StructValue::assign_fraction(const FieldPlace& at, std::uint64_t seconds,
                                  std::uint64_t nanoseconds, const Place& place) {
    const bool is_group = at.field->members != nullptr;
    const FieldPlace at_first = is_group ? seconds_in(at) : at;
    const Field* second = at_first.field != nullptr ? nanoseconds_of(at_first) : nullptr;
    if (second == nullptr) {
        complaint_->say(place, fmt::format("\"{}\" has no nanoseconds, it takes a whole number",
                                           at.field->name));
        return;
    }
    const FieldPlace at_second{second, at_first.base + second->offset, at_first.parent,
                               at_first.base};
    if (!holds(at_first, place) || !holds(at_second, place))
        return;
    store(at_first, seconds);
    store(at_second, nanoseconds);
}

void StructValue::assign_bytes(const FieldPlace& at, const Written& value) {
    const std::string bytes = bytes_of(value, *complaint_);
    if (!holds(at, value.place))
        return;
    if (bytes.size() > at.field->width) {
        complaint_->say(value.place, fmt::format("{} bytes do not fit the {} of \"{}\"",
                                                 bytes.size(), at.field->width, at.field->name));
        return;
    }
    given_.insert(at.offset);
    std::transform(bytes.begin(), bytes.end(), bytes_.begin() + at.offset,
                   [](char c) { return static_cast<std::byte>(c); });
}

std::uint64_t StructValue::value_at(std::uint32_t offset, std::uint32_t width) const {
    return offset + width <= bytes_.size() ? get(bytes_, offset, width, meaning_.order) : 0;
}

std::uint64_t StructValue::value(std::initializer_list<std::string> path) const {
    const std::vector<std::string> names(path);
    const std::vector<FieldPlace> found = find_fields(*layout_, names, 0);
    return found.empty() ? 0 : value_at(found.front().offset, found.front().field->width);
}

void StructValue::fill_in_at(std::uint32_t offset, std::uint32_t width, std::uint64_t value) {
    if (!given_.contains(offset) && offset + width <= bytes_.size())
        put(bytes_, offset, width, value, meaning_.order);
}

void StructValue::fill_in(std::initializer_list<std::string> path, std::uint64_t value) {
    const std::vector<std::string> names(path);
    const std::vector<FieldPlace> found = find_fields(*layout_, names, 0);
    if (!found.empty())
        fill_in_at(found.front().offset, found.front().field->width, value);
}

} // namespace fusewire::samples

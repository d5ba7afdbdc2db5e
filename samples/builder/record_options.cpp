#include "samples/builder/record_options.h"

#include <fmt/format.h>

#include "samples/builder/values.h"

namespace fusewire::samples {

namespace {

using Set = void (*)(RecordOptions& options, const Written& value, Complaint& complaint);
struct Option {
    const char* name;
    Set set;
};

constexpr Value transports[] = {
    one_of(static_cast<std::uint64_t>(Transport::unknown), "unknown"),
    one_of(static_cast<std::uint64_t>(Transport::read_write), "read_write"),
    one_of(static_cast<std::uint64_t>(Transport::splice), "splice"),
    one_of(static_cast<std::uint64_t>(Transport::io_uring), "io_uring"),
    one_of(static_cast<std::uint64_t>(Transport::tracepoint), "tracepoint"),
    one_of(static_cast<std::uint64_t>(Transport::imported), "imported"),
};
constexpr Value record_flags[] = {
    bit(0, "truncated"), bit(1, "more"), bit(2, "lost_before"), bit(3, "stale"),  bit(4, "fault"),
    bit(5, "no_time"),   bit(6, "gap"),  bit(7, "in_flight"),   bit(8, "unread"),
};
static_assert(record_flags[8].value == record_unread);

std::uint64_t number(const char* name, unsigned width, std::span<const Value> values,
                     const Written& value, Complaint& complaint) {
    const Field field{.width = static_cast<std::uint16_t>(width), .name = name, .values = values};
    return integer_of(field, value, {}, complaint);
}

template <std::uint32_t Record::*member>
void set_u32(RecordOptions& options, const Written& value, Complaint& complaint) {
    options.header.*member = static_cast<std::uint32_t>(number("record", 4, {}, value, complaint));
}
template <std::uint64_t Record::*member>
void set_u64(RecordOptions& options, const Written& value, Complaint& complaint) {
    options.header.*member = number("record", 8, {}, value, complaint);
}
void set_lost(RecordOptions& options, const Written& value, Complaint& complaint) {
    set_u64<&Record::lost>(options, value, complaint);
    options.header.flags |= record_lost_before;
}
void set_snap(RecordOptions& options, const Written& value, Complaint& complaint) {
    options.snap = number("snap", 4, {}, value, complaint);
}
void set_wire(RecordOptions& options, const Written& value, Complaint& complaint) {
    options.wire = number("wire", 4, {}, value, complaint);
}
void set_comment(RecordOptions& options, const Written& value, Complaint& complaint) {
    options.comment = bytes_of(value, complaint);
}
void set_transport(RecordOptions& options, const Written& value, Complaint& complaint) {
    options.header.transport =
        static_cast<Transport>(number("transport", 1, transports, value, complaint));
}
void set_flags(RecordOptions& options, const Written& value, Complaint& complaint) {
    options.header.flags |=
        static_cast<std::uint32_t>(number("flags", 4, record_flags, value, complaint));
}

constexpr Option options[] = {
    {"snap", set_snap},
    {"wire", set_wire},
    {"comment", set_comment},
    {"transport", set_transport},
    {"flags", set_flags},
    {"lost", set_lost},
    {"cpu", set_u32<&Record::cpu>},
    {"server_pid", set_u32<&Record::server_pid>},
    {"server_tid", set_u32<&Record::server_tid>},
    {"pair_key", set_u64<&Record::pair_key>},
    {"message_number", set_u64<&Record::message_number>},
};

struct ConnectionText {
    const char* name;
    std::string Connection::*member;
};
constexpr ConnectionText connection_texts[] = {
    {"mount", &Connection::mount_point},  {"fs_type", &Connection::fs_type},
    {"source", &Connection::source},      {"options", &Connection::options},
    {"server", &Connection::server_name}, {"tier", &Connection::tier},
};
constexpr const char* connection_numbers[] = {"server_pid", "minor", "init_flags", "cannot_see"};

} // namespace

void RecordOptions::assign(const Assignment& assignment, Complaint& complaint) {
    const std::string name = assignment.name();
    std::vector<std::string> names;
    for (const Option& option : options) {
        if (name == option.name)
            return option.set(*this, assignment.value, complaint);
        names.emplace_back(option.name);
    }
    complaint.say(assignment.place,
                  fmt::format("a record has no \"{}\"{}", name, did_you_mean(name, names)));
}

SampleRecord RecordOptions::record(Octets bytes) const {
    SampleRecord out{header, std::move(bytes), comment};
    if (wire && *wire < out.bytes.size())
        out.bytes.resize(*wire);
    out.header.wire_length = static_cast<std::uint32_t>(wire.value_or(out.bytes.size()));
    if (snap && *snap < out.bytes.size())
        out.bytes.resize(*snap);
    if (out.bytes.size() < out.header.wire_length)
        out.header.flags |= record_truncated;
    return out;
}

void assign_connection(Connection& about, const Assignment& assignment, Complaint& complaint) {
    const std::string name = assignment.name();
    std::vector<std::string> names(std::begin(connection_numbers), std::end(connection_numbers));
    for (const ConnectionText& text : connection_texts) {
        if (name == text.name) {
            about.*text.member = bytes_of(assignment.value, complaint);
            return;
        }
        names.emplace_back(text.name);
    }
    if (name == "server_pid")
        about.server_pid =
            static_cast<std::uint32_t>(number("server_pid", 4, {}, assignment.value, complaint));
    else if (name == "minor")
        about.minor =
            static_cast<std::uint32_t>(number("minor", 4, {}, assignment.value, complaint));
    else if (name == "init_flags")
        about.init_flags = number("init_flags", 8, {}, assignment.value, complaint);
    else if (name == "cannot_see")
        for (const Written& item : assignment.value.items)
            about.cannot_see.push_back(bytes_of(item, complaint));
    else
        complaint.say(assignment.place,
                      fmt::format("a connection has no \"{}\"{}", name, did_you_mean(name, names)));
}

} // namespace fusewire::samples

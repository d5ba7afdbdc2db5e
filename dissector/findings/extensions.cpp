// Extension records of requests.
#include "dissector/bytes.h"
#include "dissector/findings/families.h"
#include "dissector/opcodes.h"

#include <fmt/format.h>

#include <algorithm>

namespace fusewire {

namespace {

constexpr DialectSet upstream_based =
    all_dialects & ~in_dialects(DialectName::fusex_a, DialectName::fusex_b);

constexpr std::uint32_t type_groups = 32, type_handle = 33;
constexpr std::uint32_t alignment = 8;

// Smaller types count the security contexts of one record.
std::uint32_t kind_of(std::uint32_t type) {
    return std::min(type, type_groups) == type_groups ? type : 0;
}

std::string_view name_of(std::uint32_t type) {
    if (type < type_groups)
        return "security context";
    return type == type_groups ? "groups" : type == type_handle ? "fhandle" : "unknown type";
}

Sighting at_record(const ExtensionEvent& event, std::string observed, std::string expected = "") {
    return {.offset = event.offset,
            .sub = event.operation.sub(),
            .object = kind_of(event.type),
            .observed = std::move(observed),
            .expected = std::move(expected)};
}

// The INIT flag that brings records of this kind; 64: none is known.
unsigned flag_for(std::uint32_t type) {
    constexpr unsigned security_ctx = 32, create_supp_group = 34, lookup_handle = 43, none = 64;
    if (type < type_groups)
        return security_ctx;
    return type == type_groups ? create_supp_group : type == type_handle ? lookup_handle : none;
}

void look_at_negotiation(const ExtensionEvent& event, Report& report) {
    const Limits& limits = event.state.limits;
    const unsigned flag = flag_for(event.type);
    if (limits.known && flag < 64 && !limits.has(flag))
        report(at_record(event, std::string(name_of(event.type)),
                         fmt::format("INIT flag {} accepted", flag)));
}

void look_at_group_count(const ExtensionEvent& event, Report& report) {
    if (event.type != type_groups)
        return;
    const Message& message = event.operation.message();
    const auto count = Cursor(message.bytes, message.order).u32(event.offset + alignment);
    const bool fits = count && 12 + std::uint64_t{*count} * 4 <= event.size;
    if (fits && *count != 1)
        report(at_record(event, fmt::format("{} groups", *count), "1"));
}

void look_at_padding(const ExtensionEvent& event, Report& report) {
    const Message& message = event.operation.message();
    const std::uint64_t end =
        event.offset + (std::uint64_t{event.size} + alignment - 1) / alignment * alignment;
    for (const Node& node : event.operation.nodes()) {
        if (node.field != &field::padding || node.offset < event.offset || node.offset >= end)
            continue;
        const Bytes bytes = message.bytes_of(node);
        if (std::any_of(bytes.begin(), bytes.end(), [](std::byte b) { return b != std::byte{}; })) {
            Sighting sighting = at_record(event, fmt::format("{} bytes", bytes.size()), "zeros");
            sighting.offset = node.offset;
            report(std::move(sighting));
        }
    }
}

constexpr OpSet creating =
    ops(Op::create, Op::tmpfile, Op::mknod, Op::mkdir, Op::symlink, Op::mkobj_handle);

constexpr Check<ExtensionEvent> extension_rows[] = {
    {{.id = "ext-record-align",
      .area = Area::extensions,
      .severity = Severity::warn,
      .text = "size of the extension record is no multiple of 8",
      .consequence = "servers that do not round up look for the next record in the wrong place"},
     [](const ExtensionEvent& event, Report& report) {
         if (event.size % alignment != 0)
             report(at_record(event, fmt::format("{} bytes", event.size), "a multiple of 8"));
     }},
    {{.id = "ext-unexpected-opcode",
      .area = Area::extensions,
      .severity = Severity::warn,
      .dialects = upstream_based,
      .text = "extension on an opcode that has none",
      .consequence = "servers take the end of the arguments for them, or refuse the request"},
     [](const ExtensionEvent& event, Report& report) {
         if (event.operation.opcode() == nullptr)
             return;
         Sighting sighting = at_record(event, std::string(name_of(event.type)));
         sighting.object = static_cast<std::uint64_t>(event.operation.op());
         report(std::move(sighting));
     },
     every_op & ~(creating | ops(Op::lookup_handle))},
    {{.id = "ext-not-negotiated",
      .area = Area::extensions,
      .severity = Severity::warn,
      .dialects = upstream_based,
      .text = "extension that the server did not accept",
      .consequence = "a server that does not know extensions takes it for part of the arguments"},
     look_at_negotiation},
    {{.id = "ext-groups-malformed",
      .area = Area::extensions,
      .severity = Severity::note,
      .dialects = upstream_based,
      .text = "not exactly one group",
      .consequence = "the kernel sends one: the directory's, where the caller is a member"},
     look_at_group_count,
     creating},
    {{.id = "ext-duplicate",
      .area = Area::extensions,
      .severity = Severity::warn,
      .text = "two extension records of one type",
      .consequence = "servers look at the first or at the last of them"},
     [](const ExtensionEvent& event, Report& report) {
         const bool again =
             std::any_of(event.earlier.begin(), event.earlier.end(),
                         [&](std::uint32_t type) { return kind_of(type) == kind_of(event.type); });
         if (again)
             report(at_record(event, std::string(name_of(event.type))));
     }},
    {{.id = "ext-pad-nonzero",
      .area = Area::extensions,
      .severity = Severity::note,
      .text = "padding of an extension record is not zero",
      .consequence = "the kernel clears it; what stands there is memory of somebody"},
     look_at_padding},
};

constexpr Check<RequestEvent> request_rows[] = {
    {{.id = "ext-secctx-missing",
      .area = Area::extensions,
      .severity = Severity::note,
      .dialects = upstream_based,
      .text = "no security context although SECURITY_CTX was accepted",
      .consequence = "the kernel sends a record with every new object, an empty one if need be"},
     [](const RequestEvent& event, Report& report) {
         constexpr unsigned security_ctx = 32;
         if (!event.state.limits.has(security_ctx))
             return;
         const auto nodes = event.operation.nodes();
         const bool there = std::any_of(nodes.begin(), nodes.end(), [](const Node& node) {
             return node.field == &field::nr_secctx;
         });
         if (!there)
             report({.offset = event.operation.offset(),
                     .sub = event.operation.sub(),
                     .object = static_cast<std::uint64_t>(event.operation.op())});
     },
     creating},
};

} // namespace

constexpr Family extensions_family{extension_rows, request_rows};

} // namespace fusewire

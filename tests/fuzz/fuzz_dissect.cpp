// Fuzzes dissect(): the input is a few bytes that choose a dialect and then a series of messages,
// each of which is decoded as a request, a reply or a notification of one session.
//
//   byte 0     dialect, modulo their number
//   byte 1     bit 0: the connection is big-endian; bit 1: INIT was seen
//   byte 2     minor
//   byte 3     which 8 of the 64 INIT flags byte 4 holds
//   byte 4     INIT flags
//   then for each message:
//   u8         direction (Direction), modulo 4
//   u8         bits 0-3: flags for the record; bit 4: cut; bit 5: came over io_uring
//   u16        bytes on the wire, little-endian
//   u16        bytes captured, only when cut
//   the bytes
#include "dissector/dissect.h"
#include "dissector/finding.h"
#include "tests/fuzz/fuzz_target.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace fusewire::fuzz {
namespace {

constexpr std::size_t max_depth = 16; // far above what any table nests
constexpr std::size_t max_requests = 256;

enum MessageBit : std::uint64_t { bit_cut = 1u << 4, bit_io_uring = 1u << 5 };
constexpr std::uint32_t record_flags[] = {record_stale, record_fault, record_gap, record_lost_before};

Dialect take_dialect(Input& input) {
    Dialect dialect;
    dialect.name = static_cast<DialectName>(input.number(1) % dialect_count);
    const std::uint64_t bits = input.number(1);
    dialect.order = (bits & 1) != 0 ? ByteOrder::big : ByteOrder::little;
    dialect.init_known = (bits & 2) != 0;
    dialect.minor = static_cast<std::uint32_t>(input.number(1));
    const std::uint64_t place = input.number(1) % 8;
    dialect.init_flags = input.number(1) << (8 * place);
    return dialect;
}

// The record without its bytes; returns how many of them were captured.
std::size_t take_record(Input& input, Record& record) {
    record.direction = static_cast<Direction>(input.number(1) % 4);
    const std::uint64_t bits = input.number(1);
    for (std::size_t i = 0; i < std::size(record_flags); ++i)
        if ((bits >> i & 1) != 0)
            record.flags |= record_flags[i];
    record.transport = (bits & bit_io_uring) != 0 ? Transport::io_uring : Transport::read_write;
    record.wire_length = static_cast<std::uint32_t>(input.number(2));
    if ((bits & bit_cut) == 0)
        return record.wire_length;
    return std::min<std::size_t>(input.number(2), record.wire_length);
}

void check_nodes(const Record& record, const Message& message) {
    const std::uint64_t end = std::max<std::uint64_t>(record.wire_length, record.bytes.size());
    std::size_t depth = 0;
    for (const Node& node : message.nodes) {
        require(node.field != nullptr, "a node has a field");
        require(std::uint64_t{node.offset} + node.width <= end, "a node lies within the message");
        require(node.depth <= depth + 1 && node.depth <= max_depth, "a node is one step deeper at most");
        depth = node.depth;
        touch(message.bytes_of(node));
    }
}

void check_subs(const Message& message) {
    for (const SubMessage& sub : message.subs) {
        require(sub.first_node <= sub.end_node && sub.end_node <= message.nodes.size(),
                "a sub-operation owns nodes of its message");
    }
}

void check_findings(const Message& message) {
    for (const Finding& finding : message.findings) {
        require(finding.sub < static_cast<int>(message.subs.size()), "a finding names a sub-operation");
        require(!describe(finding).empty(), "a finding has a text");
    }
}

// A request as it stays known until it is answered, with the bytes that it refers to.
struct Asked {
    Message message;
    std::vector<std::byte> bytes;
};

void keep(std::map<std::uint64_t, Asked>& requests, const Message& message) {
    Asked& asked = requests[message.unique];
    asked.bytes.assign(message.bytes.begin(), message.bytes.end());
    asked.message = message;
    asked.message.bytes = asked.bytes;
}

void decode(const Record& record, const Context& context, Message& message) {
    dissect(record, context, message);
    check_nodes(record, message);
    check_subs(message);
    check_findings(message);
}

} // namespace
} // namespace fusewire::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fusewire;
    fuzz::Input input(data, size);
    Context context{.dialect = fuzz::take_dialect(input), .request = nullptr};
    std::map<std::uint64_t, fuzz::Asked> requests;
    Message message;
    while (!input.empty()) {
        Record record;
        const fuzz::ExactCopy copy(input.bytes(fuzz::take_record(input, record)));
        record.bytes = copy.bytes();
        if (record.bytes.size() < record.wire_length)
            record.flags |= record_truncated;

        dissect_header(record, context, message);
        const auto request = requests.find(message.unique);
        const bool answers = message.kind == MessageKind::reply && request != requests.end();
        context.request = answers ? &request->second.message : nullptr;
        fuzz::decode(record, context, message);
        if (message.kind == MessageKind::request && requests.size() < fuzz::max_requests)
            fuzz::keep(requests, message);
        // A reply is also decoded as one whose request was never seen.
        if (answers)
            fuzz::decode(record, {.dialect = context.dialect, .request = nullptr}, message);
    }
    return 0;
}

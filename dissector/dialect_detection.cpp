#include "dissector/dialect_detection.h"

#include "dissector/bytes.h"
#include "dissector/dissect.h"
#include "dissector/opcodes.h"

#include <algorithm>
#include <iterator>

namespace fusewire {

// How far the sub-requests of a COMPOUND can be followed when its head is taken for that of one version.
struct ChainWalk {
    DialectName layout = DialectName::unknown;
    bool whole = false;         // to the very end, or as far as was captured
    bool has_handle_op = false; // LOOKUP_HANDLE or MKOBJ_HANDLE among them
    std::uint32_t subs = 0;
    std::uint32_t end = 0; // offset in the message
};

struct Observation {
    InitFacts offer; // INIT request, all 0 when it was not seen
    InitFacts reply; // INIT reply
    const Message* message = nullptr;
    Cursor cursor{{}, ByteOrder::little};
    std::uint32_t body = 0; // offset of the body
    std::uint32_t end = 0;  // of the message
    ChainWalk chain;        // of a request that may be a COMPOUND

    std::uint32_t size() const { return end - body; }
};

namespace {

constexpr std::uint32_t init_opcode = 26;
constexpr std::uint32_t lookup_handle = 55;
constexpr std::uint32_t mkobj_handle = 56;

constexpr std::uint64_t bit(unsigned number) {
    return std::uint64_t{1} << number;
}
constexpr std::uint64_t file_ops = bit(2); // the RFC's kernel offers it by mistake in place of 43
constexpr std::uint64_t over_io_uring = bit(41);
constexpr std::uint64_t bit_43 = bit(43);
constexpr std::uint64_t offered_since_7_9 = bit(0) | bit(1) | bit(5);
constexpr std::uint64_t fusex_b_offer = bit(16) | bit(30) | over_io_uring;

bool has(std::uint64_t flags, std::uint64_t bits) {
    return (flags & bits) == bits;
}

// --- INIT requests

bool is_fusex_b_offer(const Observation& e) {
    return e.offer.minor == 46 && e.offer.flags == fusex_b_offer && e.offer.max_readahead == 0;
}
bool offers_file_ops_46(const Observation& e) {
    return e.offer.minor == 46 && has(e.offer.flags, file_ops);
}
bool offers_file_ops_45(const Observation& e) {
    return e.offer.minor == 45 && has(e.offer.flags, file_ops);
}
bool is_reduced_offer(const Observation& e) {
    return e.offer.minor >= 45 && (e.offer.flags & offered_since_7_9) == 0;
}
bool offers_43_alone(const Observation& e) {
    return e.offer.minor == 46 && has(e.offer.flags, bit_43) && !has(e.offer.flags, over_io_uring);
}
bool offers_43_early(const Observation& e) {
    return e.offer.minor < 46 && has(e.offer.flags, bit_43);
}
bool offers_buffer_pool(const Observation& e) {
    return e.offer.minor == 46 && has(e.offer.flags, bit_43 | over_io_uring);
}
bool is_plain_46(const Observation& e) {
    return e.offer.minor == 46;
}
bool always(const Observation&) {
    return true;
}

// --- INIT replies

bool accepts_v2_handles(const Observation& e) {
    return has(e.reply.flags, bit_43) && e.reply.max_handle_sz != 0 && e.offer.minor < 46 &&
           (e.offer.flags & (file_ops | bit_43)) != 0;
}

// --- The form of COMPOUND requests

struct ChainLayout {
    DialectName name;     // the version, whose table says which opcodes may be inside
    std::uint32_t head;   // bytes of compound_in
    std::uint32_t prefix; // bytes before each sub-request
};
// C7 is known with 4 bytes before each sub-request; its posting may have had 8.
constexpr ChainLayout chain_layouts[] = {
    {DialectName::lookup_handle_v3, 24, 0},
    {DialectName::compound_v6, 16, 0},
    {DialectName::compound_v7, 16, 4},
    {DialectName::compound_v7, 16, 8},
};

bool prefix_holds(const Observation& e, std::uint32_t at, std::uint32_t size, std::uint32_t index) {
    constexpr std::uint64_t no_dependency = 0xff;
    std::uint64_t dependency = no_dependency;
    if (size == 0 || !e.cursor.read(at, 1, dependency))
        return true;
    for (std::uint32_t i = 1; i < size; ++i)
        if (std::uint64_t reserved = 0; e.cursor.read(at + i, 1, reserved) && reserved != 0)
            return false;
    return dependency == no_dependency || dependency < index;
}

// Whether a request that may stand in a COMPOUND begins here; its length, 0 if not.
std::uint32_t sub_length(const Observation& e, std::uint32_t at, ChainWalk& walk) {
    const auto length = e.cursor.u32(at);
    const auto opcode = e.cursor.u32(at + 4);
    if (at > e.end || !length || !opcode || *length < in_header_size || *length > e.end - at)
        return 0;
    const Opcode* row = find_opcode(*opcode, walk.layout);
    std::uint64_t padding = 0;
    e.cursor.read(at + 38, 2, padding);
    if (row == nullptr || op_of(*row) == Op::compound || padding != 0)
        return 0;
    walk.has_handle_op |= *opcode == lookup_handle || *opcode == mkobj_handle;
    return *length;
}

ChainWalk follow(const Observation& e, const ChainLayout& layout) {
    ChainWalk walk{.layout = layout.name};
    std::uint32_t at = e.body + std::min(layout.head, e.size());
    while (at < e.end && prefix_holds(e, at, layout.prefix, walk.subs)) {
        const std::uint32_t length = sub_length(e, at + layout.prefix, walk);
        if (length == 0)
            break;
        at += layout.prefix + length;
        ++walk.subs;
    }
    // What was not captured cannot contradict what was.
    walk.whole = walk.subs > 0 && (at == e.end || at >= e.cursor.size());
    walk.end = at;
    return walk;
}

// The first layout that holds to the end, or the one that explains most.
ChainWalk follow(const Observation& e) {
    ChainWalk best;
    for (const ChainLayout& layout : chain_layouts) {
        const ChainWalk walk = follow(e, layout);
        if (walk.whole)
            return walk;
        if (walk.subs > 0 && walk.end > best.end)
            best = walk;
    }
    return best;
}

bool is_chain(const Observation& e, DialectName layout) {
    return e.message->nodeid == 0 && e.chain.subs > 0 && e.chain.layout == layout;
}
bool is_counted_chain(const Observation& e) {
    return is_chain(e, DialectName::lookup_handle_v3);
}
bool is_chain_with_handles(const Observation& e) {
    return is_counted_chain(e) && e.chain.has_handle_op;
}
bool is_chain_with_flags(const Observation& e) {
    return is_counted_chain(e) && e.cursor.u32(e.body + 4).value_or(0) != 0;
}
bool is_chain_v6(const Observation& e) {
    return is_chain(e, DialectName::compound_v6);
}
bool is_chain_v7(const Observation& e) {
    return is_chain(e, DialectName::compound_v7);
}

// --- The form of other requests

bool is_empty(const Observation& e) {
    return e.size() == 0;
}
bool is_before_7_46(const Observation& e) {
    return e.offer.minor != 0 && e.offer.minor < 46;
}
bool is_empty_before_7_46(const Observation& e) {
    return is_empty(e) && is_before_7_46(e);
}

// Offset behind the NUL of a name that begins at `at`; 0 when there is none.
std::uint32_t after_name(const Observation& e, std::uint32_t at) {
    const auto nul = e.cursor.find_nul(at, e.end);
    return nul && *nul > at ? static_cast<std::uint32_t>(*nul) + 1 : 0;
}

// { u32 size up to 128, u32 type, bytes } to the very end.
bool is_v2_fhandle(const Observation& e, std::uint32_t at) {
    constexpr std::uint32_t head = 8, longest = 128;
    const auto size = e.cursor.u32(at);
    return size && *size <= longest && e.end - at == head + *size;
}
bool is_name_and_v2_fhandle(const Observation& e) {
    const std::uint32_t after = after_name(e, e.body);
    return e.message->nodeid != 0 && after != 0 && (after == e.end || is_v2_fhandle(e, after));
}

// One record of FUSE_EXT_HANDLE: a head, the size of the fhandle, its bytes, zeros up to a multiple of 8.
bool is_ext_handle(const Observation& e, std::uint32_t at, std::uint32_t record) {
    constexpr std::uint32_t head = 10;
    std::uint64_t size = 0;
    return e.cursor.read(at + 8, 2, size) && (head + size + 7) / 8 * 8 == record;
}

// Extensions up to the very end, as the operations of LOOKUP_HANDLE have them.
bool is_extensions(const Observation& e, std::uint32_t at) {
    constexpr std::uint32_t head = 8, type_handle = 33;
    while (at < e.end) {
        const auto size = e.cursor.u32(at);
        const auto type = e.cursor.u32(at + 4);
        if (!size || !type || *size < head || *size % 8 != 0 || *size > e.end - at ||
            *type > type_handle || (*type == type_handle && !is_ext_handle(e, at, *size)))
            return false;
        at += *size;
    }
    return at == e.end;
}
bool is_name_and_extension(const Observation& e) {
    const std::uint32_t after = after_name(e, e.body);
    return after != 0 && after < e.end && is_extensions(e, after);
}
bool is_mkobj_handle(const Observation& e) {
    constexpr std::uint32_t create_in = 16, type_mask = 0170000, regular = 0100000;
    const std::uint32_t after = e.size() > create_in ? after_name(e, e.body + create_in) : 0;
    return (e.cursor.u32(e.body + 4).value_or(0) & type_mask) == regular && after != 0 &&
           is_extensions(e, after);
}

// Whether the name behind the 320 bytes of mkobjx_in has the length that is said at `namesize_at`.
bool is_mkobjx(const Observation& e, std::uint32_t namesize_at) {
    constexpr std::uint32_t head = 320;
    const auto namesize = e.cursor.u32(e.body + namesize_at);
    if (e.size() <= head || !namesize || *namesize == 0 || *namesize > e.size() - head)
        return false;
    std::uint64_t last = 0;
    return e.cursor.read(std::size_t{e.body} + head + *namesize - 1, 1, last) && last == 0;
}
bool is_mkobjx_a(const Observation& e) {
    return is_mkobjx(e, 256);
}
bool is_mkobjx_b(const Observation& e) {
    return is_mkobjx(e, 0);
}

bool is_setstatx(const Observation& e) {
    constexpr std::uint32_t all_of_statx = 0xfff;
    const auto mask = e.cursor.u32(e.body + 16);
    return e.size() == 272 && mask && *mask != 0 && (*mask & ~all_of_statx) == 0;
}
bool is_setstatx_before_7_46(const Observation& e) {
    return is_setstatx(e) && is_before_7_46(e);
}
bool is_lock(const Observation& e) {
    return e.size() == 32;
}

// --- Replies

bool is_success(const Observation& e) {
    return e.message->error == 0 && e.cursor.size() >= out_header_size;
}
bool is_entryx(const Observation& e) {
    return is_success(e) && e.size() == 32;
}
bool is_entryx_before_7_46(const Observation& e) {
    return is_entryx(e) && is_before_7_46(e);
}
bool is_entry2_with_fhandle(const Observation& e) {
    constexpr std::uint32_t entry = 40, size_field = 2;
    std::uint64_t size = 0;
    return is_success(e) && e.size() >= entry + size_field &&
           e.cursor.read(e.body + entry, size_field, size) && size != 0 &&
           size <= e.size() - entry - size_field;
}

// --- The rows

using enum DialectName;
using Source = Recognition::Source;

constexpr DialectSet both_fusex = in_dialects(fusex_a, fusex_b);
constexpr DialectSet with_lookup_handle = in_dialects(lookup_handle_v3, compound_v6, compound_v7);

constexpr Recognition rows[] = {
    {"init-fusex", fusex_b,
     "INIT request has minor 46 and exactly bits 16, 30 and 41, and no readahead",
     Source::init_request, init_opcode, is_fusex_b_offer},
    {"init-file-ops-46", lookup_handle_v3, "INIT request has bit 2 (FILE_OPS) and minor 46",
     Source::init_request, init_opcode, offers_file_ops_46},
    {"init-file-ops-45", lookup_handle_v2, "INIT request has bit 2 (FILE_OPS) and minor 45",
     Source::init_request, init_opcode, offers_file_ops_45},
    {"init-reduced", unknown,
     "INIT request lacks bits 0, 1 and 5, which Linux offers since 7.9: fusex, or no Linux; "
     "opcode 54 or 56 tells",
     Source::init_request, init_opcode, is_reduced_offer},
    {"init-43-without-41", lookup_handle_v3,
     "INIT request has minor 46 and bit 43 without bit 41, which upstream only offers together",
     Source::init_request, init_opcode, offers_43_alone},
    {"init-43-before-46", unknown,
     "INIT request has bit 43, which upstream has since 7.46, and a lower minor; the reply or "
     "opcode 54 tells",
     Source::init_request, init_opcode, offers_43_early},
    {"init-46-io-uring", upstream,
     "INIT request has minor 46 with bits 41 and 43 (io_uring and its buffer pool) and without bit "
     "2",
     Source::init_request, init_opcode, offers_buffer_pool},
    {"init-46", upstream, "INIT request has minor 46 without bits 2 and 43", Source::init_request,
     init_opcode, is_plain_46},
    {"init", upstream, "INIT request has nothing that upstream does not have", Source::init_request,
     init_opcode, always},

    {"init-reply-handle-size", lookup_handle_v2,
     "INIT reply has bit 43 and a longest fhandle, to a request with bit 2 or 43 and a minor below "
     "46",
     Source::init_reply, init_opcode, accepts_v2_handles, in_dialect(lookup_handle_v2)},

    {"lookup-root-45", fusex_a,
     "opcode 54 has no body (LOOKUP_ROOT), and INIT has a minor below 46", Source::request, 54,
     is_empty_before_7_46, both_fusex},
    {"lookup-root", fusex_b, "opcode 54 has no body (LOOKUP_ROOT)", Source::request, 54, is_empty,
     both_fusex},
    {"compound-handle", lookup_handle_v3,
     "opcode 54 carries LOOKUP_HANDLE or MKOBJ_HANDLE behind the 24 bytes of COMPOUND v5",
     Source::request, 54, is_chain_with_handles, in_dialect(lookup_handle_v3),
     in_dialects(compound_v4, compound_v5)},
    {"compound-24-flags", compound_v5,
     "opcode 54 carries requests behind 24 bytes with flags, which v4 does not have",
     Source::request, 54, is_chain_with_flags, in_dialects(lookup_handle_v3, compound_v5),
     in_dialect(compound_v4)},
    {"compound-24", compound_v4,
     "opcode 54 carries requests behind 24 bytes without flags, which v5 always sets",
     Source::request, 54, is_counted_chain,
     in_dialects(lookup_handle_v3, compound_v4, compound_v5)},
    {"compound-16", compound_v6, "opcode 54 carries requests behind 16 bytes (COMPOUND v6)",
     Source::request, 54, is_chain_v6, in_dialect(compound_v6)},
    {"compound-prefix", compound_v7,
     "opcode 54 carries requests behind 16 bytes, each with its dependency in front (COMPOUND v7)",
     Source::request, 54, is_chain_v7, in_dialect(compound_v7)},
    {"lookup-handle-54", lookup_handle_v2,
     "opcode 54 has a nodeid and a name, alone or with size, type and bytes of an fhandle",
     Source::request, 54, is_name_and_v2_fhandle, in_dialect(lookup_handle_v2)},

    {"lookup-handle-ext", lookup_handle_v3,
     "opcode 55 outside of a COMPOUND has a name and an extension (LOOKUP_HANDLE)", Source::request,
     55, is_name_and_extension, with_lookup_handle, in_dialects(compound_v4, compound_v5)},
    {"lookup-handle-reply", lookup_handle_v3,
     "reply to opcode 55 has an entry of 40 bytes and an fhandle (LOOKUP_HANDLE)", Source::reply,
     55, is_entry2_with_fhandle, with_lookup_handle, in_dialects(compound_v4, compound_v5)},
    {"lookupx-45", fusex_a,
     "reply to opcode 55 has 32 bytes (LOOKUPX), and INIT has a minor below 46", Source::reply, 55,
     is_entryx_before_7_46, both_fusex},
    {"lookupx", fusex_b, "reply to opcode 55 has 32 bytes (LOOKUPX)", Source::reply, 55, is_entryx,
     both_fusex},

    {"mkobjx", fusex_b, "opcode 56 has its name's length at 0 and the name at 320 (MKOBJX)",
     Source::request, 56, is_mkobjx_b, in_dialect(fusex_b), in_dialect(fusex_a)},
    {"mkobjx-a", fusex_a, "opcode 56 has its name's length at 256 and the name at 320 (MKOBJX)",
     Source::request, 56, is_mkobjx_a, in_dialect(fusex_a), in_dialect(fusex_b)},
    {"mkobj-handle", lookup_handle_v3,
     "opcode 56 outside of a COMPOUND makes a regular file by name (MKOBJ_HANDLE)", Source::request,
     56, is_mkobj_handle, with_lookup_handle, in_dialects(compound_v4, compound_v5)},

    {"setstatx-45", fusex_a, "opcode 58 has 272 bytes (SETSTATX), and INIT has a minor below 46",
     Source::request, 58, is_setstatx_before_7_46, both_fusex},
    {"setstatx", fusex_b, "opcode 58 has 272 bytes (SETSTATX)", Source::request, 58, is_setstatx,
     both_fusex},
    {"compound-60", fusex_b,
     "opcode 60 carries requests behind 16 bytes, each with its dependency in front",
     Source::request, 60, is_chain_v7, in_dialect(fusex_b), in_dialect(fusex_a)},

    {"dlm-wb-lock", compound_rfc, "opcode 100 has 32 bytes (DLM_WB_LOCK of the vendor tree)",
     Source::request, 100, is_lock, in_dialect(compound_rfc)},
    {"compound-101", compound_rfc, "opcode 101 carries requests behind 24 bytes", Source::request,
     101, is_counted_chain, in_dialect(compound_rfc)},
};

bool may_be_compound(std::uint32_t opcode) {
    return opcode == 54 || opcode == 60 || opcode == 101;
}

} // namespace

std::span<const Recognition> recognitions() {
    return rows;
}

bool DialectDetection::see_init_request(const InitFacts& init) {
    *this = {};
    offer_ = init;
    return decide({.offer = init}, Recognition::Source::init_request, init_opcode);
}

bool DialectDetection::see_init_reply(const InitFacts& init) {
    return decide({.offer = offer_, .reply = init}, Recognition::Source::init_reply, init_opcode);
}

bool DialectDetection::weigh(const Message& message, std::uint32_t wire_length,
                             Recognition::Source source) {
    const bool is_request = source == Recognition::Source::request;
    const auto header = static_cast<std::uint32_t>(is_request ? in_header_size : out_header_size);
    if (wire_length < header || !message.has_header)
        return false;
    Observation seen{.offer = offer_,
                     .message = &message,
                     .cursor = Cursor(message.bytes, message.order),
                     .body = header,
                     .end = wire_length};
    if (is_request && may_be_compound(message.opcode_number))
        seen.chain = follow(seen);
    return decide(seen, source, message.opcode_number);
}

bool DialectDetection::decide(const Observation& seen, Recognition::Source source,
                              std::uint32_t opcode) {
    const auto row = std::find_if(std::begin(rows), std::end(rows), [&](const Recognition& one) {
        return one.source == source && one.opcode == opcode && one.matches(seen);
    });
    if (row == std::end(rows))
        return false;
    const bool by_form =
        source == Recognition::Source::request || source == Recognition::Source::reply;
    // A chain that breaks says what it may have been, but not for good.
    const bool is_certain = seen.chain.subs == 0 || seen.chain.whole;
    return take(*row, by_form && is_certain);
}

bool DialectDetection::take(const Recognition& row, bool confirms) {
    const DialectSet now = in_dialect(name_);
    if ((row.keeps & now) != 0) {
        confirmed_ |= confirms;
        return false;
    }
    if (confirmed_ && (row.refines & now) == 0)
        return false;
    const bool changes = row.dialect != name_;
    name_ = row.dialect;
    reason_ = &row;
    confirmed_ |= confirms;
    return changes;
}

} // namespace fusewire

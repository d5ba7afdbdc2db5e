// The opcode tables as one list, and what can be asked of it. Rows live in dissector/opcodes/, one
// file for each family.
#pragma once

#include "dissector/field.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire {

// Every opcode of every dialect by number; first those that are known before the dialect is. The same
// operation may follow again under the number that it has in another dialect.
std::span<const Opcode* const> all_opcodes();
// Notifications; their number is the notify code.
std::span<const Opcode* const> all_notifications();

// nullptr when the dialect has no such opcode.
const Opcode* find_opcode(std::uint32_t number, DialectName dialect);
const Opcode* find_notification(std::uint32_t code);
// By name, in any letter case; the first of that name, nullptr when there is none.
const Opcode* find_opcode_named(std::string_view name);

// Opcodes whose success reply is exactly `payload` bytes, whatever the request asks: what can be
// told of a reply whose request was not captured.
std::vector<const Opcode*> opcodes_with_reply_size(std::uint32_t payload, DialectName dialect);

// Size of a body's fixed structs when nothing else belongs to it; -1 when it has a variable part.
int fixed_size(const Body& body, DialectName dialect = DialectName::upstream);

// Headers and extension records, which no opcode owns.
extern const Struct in_header;
extern const Struct out_header;
extern const Struct notify_header; // out_header whose error is a notify code
extern const Struct ext_header;
extern const Struct secctx_header; // how ext_header reads in front of security contexts
extern const Struct secctx;
extern const Struct supp_groups;
extern const Struct fhandle_head;    // of struct fuse_file_handle in LOOKUP_HANDLE RFC v3
extern const Struct fhandle_head_v2; // in v1 and v2
extern const Struct compound_req_in; // in front of each sub-request in COMPOUND v7

// Field lists that decoding and views refer to by name rather than by opcode.
namespace field {
extern const Field header;       // group: fuse_in_header or fuse_out_header
extern const Field layer;        // group: the body of one opcode, named by node.opcode->layer
extern const Field sub;          // group, repeated: one sub-operation of a COMPOUND
extern const Field ext;          // group, repeated: one extension record
extern const Field secctx_entry; // group, repeated
extern const Field& nr_secctx;   // of secctx_header
extern const Field secctx_name;
extern const Field secctx_value;
extern const Field group_id; // repeated
extern const Field fhandle;  // group: struct fuse_file_handle
extern const Field& fhandle_size;
extern const Field fhandle_bytes;
extern const Field dependency; // group: compound_req_in
extern const Field dirent;     // group, repeated
extern const Field dirent_name;
extern const Field direntplus; // group, repeated
extern const Field payload;    // bytes that nothing is known about
extern const Field trailing;   // bytes after the last known part
extern const Field padding;
extern const Field guess; // note: which opcodes a reply without request fits
} // namespace field

// Every Struct of the tables once, by its name in the uapi header or in the RFC.
std::span<const Struct* const> all_structs();

// A name that a field has in filters, and the fields that bear it. Where request and reply of one
// opcode have a field of the same name and kind (or flags in both), both are one path.
struct FieldPath {
    using Chain = std::vector<const Field*>;

    std::string name;          // "fuse.getattr.attr.mode"
    std::vector<Chain> chains; // each from the layer's (header's, extension's) child to the field
    const Opcode* opcode = nullptr; // owner of the layer; nullptr for header and extension fields
    bool in_request = false;
    bool in_reply = false;   // notifications count as replies: they go to the kernel
    std::uint8_t since = 1;  // minor that first has the field, as far as sizes tell
    std::uint64_t needs = 0; // INIT flag without which the struct ends before the field

    const Field& field() const { return *chains.front().back(); }
};
// In the order of the tables; headers first, then extensions, opcodes and notifications.
const std::vector<FieldPath>& all_field_paths();

} // namespace fusewire

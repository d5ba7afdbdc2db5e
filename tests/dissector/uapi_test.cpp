// The tables against a uapi fuse.h: sizes, offsets, signedness, opcodes, notify codes, flags and
// the sizes of older minors. Built once for the machine's header and, given FUSEWIRE_UAPI_DIR, once
// for a newer one.
#include "dissector/opcodes.h"
#include "dissector/opcodes/flags.h"
#include "tests/dissector/uapi_header.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <string>

using namespace fusewire;

namespace {

constexpr int tables_minor = 46; // the header that the tables were written from

// The protocol pages list 76 structs and 321 fields for 7.46; Debian 12 (7.38) is the oldest
// machine the tests are run on.
struct Minimum {
    int minor, structs, fields, flags;
};
constexpr Minimum minimums[] = {{46, 76, 321, 91}, {38, 65, 258, 78}};

// The RFC's own; checked against its worked bytes elsewhere.
// Also those whose name says of which of several forms they are.
bool is_out_of_tree(std::string_view name) {
    static const std::set<std::string_view> names = {
        "fuse_compound_in",     "fuse_compound_out", "fuse_entry2_out", "fuse_file_handle",
        "fuse_compound_req_in", "fuse_entryx_out",   "fuse_mkobjx_in",  "fuse_setstatx_in",
        "fuse_dlm_lock_in",     "fuse_dlm_lock_out",
    };
    return names.contains(name) || name.find('(') != name.npos;
}

// Members whose name says that they hold nothing: later headers may have given them away.
bool is_spare(std::string_view name) {
    return name.find("padding") != name.npos || name.find("unused") != name.npos ||
           name.find("dummy") != name.npos || name.find("spare") != name.npos ||
           name.find("reserved") != name.npos;
}

const HeaderStruct* header_struct(std::string_view name) {
    const auto hit = std::find_if(header_structs.begin(), header_structs.end(),
                                  [&](const HeaderStruct& one) { return one.name == name; });
    return hit == header_structs.end() ? nullptr : &*hit;
}

const HeaderMember* member_of(const HeaderStruct& owner, std::string_view name) {
    const auto hit = std::find_if(owner.members.begin(), owner.members.end(),
                                  [&](const HeaderMember& one) { return one.name == name; });
    return hit == owner.members.end() ? nullptr : &*hit;
}

const HeaderConstant* header_constant(std::string_view name) {
    const auto hit = std::find_if(header_constants.begin(), header_constants.end(),
                                  [&](const HeaderConstant& one) { return one.name == name; });
    return hit == header_constants.end() ? nullptr : &*hit;
}

const Struct* table_struct(std::string_view name) {
    for (const Struct* layout : all_structs())
        if (layout->uapi == name)
            return layout;
    return nullptr;
}

const Field* table_field(const Struct& layout, std::string_view name) {
    for (const Field& field : layout.fields)
        if (field.name == name)
            return &field;
    return nullptr;
}

bool is_signed(Kind kind) {
    return kind == Kind::signed_number || kind == Kind::error;
}

// The tables name what follows a struct outside of it.
bool is_flexible_of(const Struct& layout, const HeaderMember& member) {
    const bool named = member.name == std::string_view(field::dirent_name.name) ||
                       member.name == std::string_view(field::group_id.name);
    return member.size == 0 && named && member.offset == layout.size;
}

struct Count {
    int structs = 0;
    int fields = 0;
};

void check_member(const Struct& layout, const HeaderMember& member, Count& count) {
    SCOPED_TRACE(std::string(layout.uapi) + "." + member.name);
    if (member.size == 0) {
        EXPECT_TRUE(is_flexible_of(layout, member));
        ++count.fields;
        return;
    }
    const Field* field = table_field(layout, member.name);
    const bool given_away = header_minor < tables_minor && is_spare(member.name) &&
                            (field == nullptr || field->offset != member.offset);
    if (given_away)
        return;
    ASSERT_NE(field, nullptr) << "the header has it, the table has not";
    EXPECT_EQ(field->offset, member.offset);
    EXPECT_EQ(field->width, member.size);
    // The header counts the seconds of classic attributes unsigned; the kernel takes all as signed.
    if (field->kind != Kind::padding && field->kind != Kind::timestamp) {
        EXPECT_EQ(is_signed(field->kind), member.is_signed);
    }
    ++count.fields;
}

void check_struct(const HeaderStruct& owner, Count& count) {
    const Struct* layout = table_struct(owner.name);
    if (layout == nullptr) {
        EXPECT_GT(header_minor, tables_minor)
            << owner.name << " is in the header, not in the tables";
        return;
    }
    const bool cut = std::any_of(layout->cuts.begin(), layout->cuts.end(),
                                 [&](const Cut& one) { return one.size == owner.size; });
    EXPECT_TRUE(layout->size == owner.size || (header_minor < tables_minor && cut)) << owner.name;
    for (const HeaderMember& member : owner.members)
        check_member(*layout, member, count);
    ++count.structs;
}

const Minimum& minimum() {
    const auto hit = std::find_if(std::begin(minimums), std::end(minimums),
                                  [](const Minimum& one) { return header_minor >= one.minor; });
    return hit == std::end(minimums) ? minimums[std::size(minimums) - 1] : *hit;
}

} // namespace

TEST(Uapi, HeaderIsAsNewAsThisRunPromises) {
    EXPECT_GE(header_minor, UAPI_MINOR);
}

TEST(Uapi, StructsHaveTheHeadersSizesAndOffsets) {
    Count count;
    for (const HeaderStruct& owner : header_structs)
        check_struct(owner, count);
    std::printf("7.%d: %d structs, %d fields checked\n", header_minor, count.structs, count.fields);
    EXPECT_GE(count.structs, minimum().structs);
    EXPECT_GE(count.fields, minimum().fields);
}

TEST(Uapi, TablesHaveNothingThatTheHeaderLacks) {
    if (header_minor < tables_minor)
        GTEST_SKIP() << "the header is 7." << header_minor << ", the tables are 7." << tables_minor;
    for (const Struct* layout : all_structs()) {
        if (is_out_of_tree(layout->uapi))
            continue;
        const HeaderStruct* owner = header_struct(layout->uapi);
        ASSERT_NE(owner, nullptr) << layout->uapi;
        for (const Field& field : layout->fields)
            EXPECT_NE(member_of(*owner, field.name), nullptr) << layout->uapi << "." << field.name;
    }
}

TEST(Uapi, NotifyHeaderIsTheReplyHeaderUnderAnotherName) {
    ASSERT_EQ(notify_header.fields.size(), out_header.fields.size());
    for (std::size_t i = 0; i < out_header.fields.size(); ++i) {
        EXPECT_EQ(notify_header.fields[i].offset, out_header.fields[i].offset);
        EXPECT_EQ(notify_header.fields[i].width, out_header.fields[i].width);
    }
}

namespace {

struct FlagTable {
    std::span<const Value> values;
    std::string prefix; // of the header's macros
    unsigned shift = 0;
};

const FlagTable flag_tables[] = {
    {init_flags_low, "FUSE_"},
    {init_flags_high, "FUSE_", 32},
    {setattr_valid, "FATTR_"},
    {fopen_flags, "FOPEN_"},
    {open_request_flags, "FUSE_"},
    {attr_flags, "FUSE_ATTR_"},
    {read_flags, "FUSE_READ_"},
    {write_flags, "FUSE_WRITE_"},
    {getattr_flags, "FUSE_GETATTR_"},
    {release_flags, "FUSE_RELEASE_"},
    {fsync_flags, "FUSE_FSYNC_"},
    {lk_flags, "FUSE_LK_"},
    {ioctl_flags, "FUSE_IOCTL_"},
    {poll_flags, "FUSE_POLL_"},
    {setxattr_flags, "FUSE_SETXATTR_"},
    {inval_entry_flags, "FUSE_"},
    {setupmapping_flags, "FUSE_SETUPMAPPING_FLAG_"},
    {cuse_flags, "CUSE_"},
    {uring_ent_flags, "FUSE_URING_ENT_"},
    {uring_queue_flags, "FUSE_URING_"},
};

// Bits that are no flag of a field.
const std::set<std::string> other_bits = {"FUSE_UNIQUE_RESEND"};

std::string header_name(const Opcode& row, const char* prefix) {
    const std::string name = row.name;
    return name.starts_with("CUSE_") ? name : prefix + name;
}

// Rows of upstream against the enum and the enum against them.
void check_numbers(std::span<const Opcode* const> rows, const char* group, const char* prefix) {
    std::map<std::string, std::uint64_t> expected;
    for (const HeaderConstant& constant : header_constants)
        if (constant.group == std::string_view(group) &&
            !std::string_view(constant.name).ends_with("_BSWAP_RESERVED"))
            expected[constant.name] = constant.value;
    for (const Opcode* row : rows) {
        if ((row->dialects & in_dialect(DialectName::upstream)) == 0)
            continue;
        const std::string name = header_name(*row, prefix);
        const auto hit = expected.find(name);
        if (hit == expected.end()) {
            EXPECT_GT(row->since, header_minor) << name << " is not in the header";
            continue;
        }
        EXPECT_EQ(hit->second, row->number) << name;
        EXPECT_LE(row->since, header_minor) << name;
        expected.erase(hit);
    }
    if (header_minor <= tables_minor)
        for (const auto& [name, value] : expected)
            ADD_FAILURE() << name << " = " << value << " is not in the tables";
}

bool has_cut(const char* uapi, std::uint64_t size) {
    const Struct* layout = table_struct(uapi);
    return layout != nullptr && std::any_of(layout->cuts.begin(), layout->cuts.end(),
                                            [&](const Cut& cut) { return cut.size == size; });
}

} // namespace

TEST(Uapi, OpcodesHaveTheHeadersNumbers) {
    check_numbers(all_opcodes(), "fuse_opcode", "FUSE_");
}

TEST(Uapi, NotificationsHaveTheHeadersCodes) {
    check_numbers(all_notifications(), "fuse_notify_code", "FUSE_NOTIFY_");
}

TEST(Uapi, FlagsHaveTheHeadersBits) {
    std::set<std::string> found;
    for (const FlagTable& table : flag_tables)
        for (const Value& row : table.values) {
            if ((row.dialects & in_dialect(DialectName::upstream)) == 0)
                continue;
            const HeaderConstant* constant = header_constant(table.prefix + row.name);
            if (constant == nullptr) {
                EXPECT_LT(header_minor, tables_minor) << table.prefix << row.name;
                continue;
            }
            EXPECT_EQ(row.value << table.shift, constant->value) << constant->name;
            EXPECT_EQ(row.mask, row.value) << constant->name;
            found.insert(constant->name);
        }
    int bits = 0;
    for (const HeaderConstant& constant : header_constants) {
        if (constant.group != std::string_view("bit") || other_bits.contains(constant.name))
            continue;
        ++bits;
        if (header_minor <= tables_minor) {
            EXPECT_TRUE(found.contains(constant.name)) << constant.name << " is not in the tables";
        }
    }
    std::printf("7.%d: %d flags checked\n", header_minor, bits);
    EXPECT_GE(bits, minimum().flags);
}

TEST(Uapi, OlderSizesAreTheHeadersCompatSizes) {
    const std::pair<const char*, const char*> compat[] = {
        {"fuse_entry_out", "FUSE_COMPAT_ENTRY_OUT_SIZE"},
        {"fuse_attr_out", "FUSE_COMPAT_ATTR_OUT_SIZE"},
        {"fuse_mknod_in", "FUSE_COMPAT_MKNOD_IN_SIZE"},
        {"fuse_write_in", "FUSE_COMPAT_WRITE_IN_SIZE"},
        {"fuse_statfs_out", "FUSE_COMPAT_STATFS_SIZE"},
        {"fuse_setxattr_in", "FUSE_COMPAT_SETXATTR_IN_SIZE"},
        {"fuse_init_out", "FUSE_COMPAT_INIT_OUT_SIZE"},
        {"fuse_init_out", "FUSE_COMPAT_22_INIT_OUT_SIZE"},
    };
    for (const auto& [uapi, name] : compat) {
        const HeaderConstant* constant = header_constant(name);
        ASSERT_NE(constant, nullptr) << name;
        EXPECT_TRUE(has_cut(uapi, constant->value)) << name;
    }
}

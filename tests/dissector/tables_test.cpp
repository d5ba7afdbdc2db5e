// What holds for the tables themselves.
#include "dissector/opcodes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

using namespace fusewire;

namespace {

std::vector<const Opcode*> all_rows() {
    std::vector<const Opcode*> rows(all_opcodes().begin(), all_opcodes().end());
    rows.insert(rows.end(), all_notifications().begin(), all_notifications().end());
    return rows;
}

std::vector<const Body*> bodies_of(const Opcode& row) {
    std::vector<const Body*> bodies = {&row.request, &row.reply};
    for (const ReplyChoice& choice : row.reply_choices)
        bodies.push_back(&choice.body);
    return bodies;
}

bool needs_layout(PartKind kind) {
    return kind == PartKind::fields || kind == PartKind::dirents || kind == PartKind::direntplus ||
           kind == PartKind::file_handle;
}

bool needs_field(PartKind kind) {
    return kind == PartKind::name || kind == PartKind::data || kind == PartKind::array ||
           kind == PartKind::strings;
}

bool holds(const Struct& layout, const Field* wanted) {
    return std::any_of(layout.fields.begin(), layout.fields.end(),
                       [&](const Field& field) { return &field == wanted; });
}

const FieldPath* path_named(std::string_view name) {
    for (const FieldPath& path : all_field_paths())
        if (path.name == name)
            return &path;
    return nullptr;
}

} // namespace

TEST(Tables, UpstreamHasEveryOpcode) {
    for (std::uint32_t number = 1; number <= 53; ++number) {
        const bool assigned = number != 7 && number != 19;
        EXPECT_EQ(find_opcode(number, DialectName::upstream) != nullptr, assigned) << number;
    }
    EXPECT_NE(find_opcode(4096, DialectName::upstream), nullptr);
    EXPECT_EQ(find_opcode(54, DialectName::upstream), nullptr);
}

TEST(Tables, HandleDialectHasItsOpcodes) {
    for (const DialectName dialect : {DialectName::lookup_handle_v3, DialectName::unknown}) {
        ASSERT_NE(find_opcode(55, dialect), nullptr);
        EXPECT_STREQ(find_opcode(54, dialect)->name, "COMPOUND");
        EXPECT_STREQ(find_opcode(55, dialect)->name, "LOOKUP_HANDLE");
        EXPECT_STREQ(find_opcode(56, dialect)->name, "MKOBJ_HANDLE");
    }
}

TEST(Tables, EveryNotificationIsThere) {
    for (std::uint32_t code = 1; code <= 9; ++code)
        EXPECT_NE(find_notification(code), nullptr) << code;
    EXPECT_EQ(find_notification(10), nullptr);
}

TEST(Tables, NamesAreFoundInAnyLetterCase) {
    for (const Opcode* row : all_opcodes()) {
        std::string lower = row->name;
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](unsigned char c) { return std::tolower(c); });
        ASSERT_NE(find_opcode_named(lower), nullptr) << lower;
        EXPECT_STREQ(find_opcode_named(lower)->name, row->name);
    }
    EXPECT_EQ(find_opcode_named("compound")->number, 54u);
    EXPECT_EQ(find_opcode_named("lookup_handle")->number, 55u);
    EXPECT_EQ(find_opcode_named("no such opcode"), nullptr);
}

TEST(Tables, EveryRowIsDescribed) {
    std::map<std::string, std::string> layers; // an operation may have several numbers
    for (const Opcode* row : all_rows()) {
        EXPECT_NE(row->doc[0], '\0') << row->name;
        EXPECT_EQ(layers.emplace(row->layer, row->name).first->second, row->name) << row->layer;
    }
}

TEST(Tables, NoDialectHasTwoRowsForANumberOrAName) {
    for (int i = 0; i < dialect_count; ++i) {
        std::set<std::uint32_t> numbers;
        std::set<std::string> names;
        for (const Opcode* row : all_opcodes()) {
            if ((row->dialects >> i & 1) == 0)
                continue;
            EXPECT_TRUE(numbers.insert(row->number).second) << row->name;
            EXPECT_TRUE(names.insert(row->name).second) << row->name;
            EXPECT_EQ(find_opcode(row->number, static_cast<DialectName>(i)), row);
        }
    }
}

// Code that reasons about operations must not take LOOKUP_ROOT for COMPOUND.
TEST(Tables, AnOperationIsTheSameUnderAllItsNumbersAndNoOther) {
    std::map<Op, std::string> operations;
    for (const Opcode* row : all_opcodes())
        EXPECT_EQ(operations.emplace(op_of(*row), row->name).first->second, row->name);
    EXPECT_EQ(op_of(*find_opcode(54, DialectName::lookup_handle_v2)), Op::lookup_handle);
    EXPECT_EQ(op_of(*find_opcode(60, DialectName::fusex_b)), Op::compound);
    EXPECT_EQ(op_of(*find_opcode(54, DialectName::fusex_a)), Op::lookup_root);
}

TEST(Tables, EveryFieldHasNameAndLabel) {
    for (const FieldPath& path : all_field_paths())
        for (const FieldPath::Chain& chain : path.chains) {
            EXPECT_NE(chain.back()->name[0], '\0') << path.name;
            EXPECT_NE(chain.back()->label[0], '\0') << path.name;
        }
}

TEST(Tables, FieldNamesAreUnique) {
    std::set<std::string> names;
    for (const FieldPath& path : all_field_paths())
        EXPECT_TRUE(names.insert(path.name).second) << path.name << " has two meanings";
}

TEST(Tables, LayersDoNotHideHeaderFields) {
    for (const Opcode* row : all_rows())
        EXPECT_EQ(path_named(std::string("fuse.") + row->layer), nullptr) << row->layer;
}

TEST(Tables, PathsOfARequestAndItsReplyAreOne) {
    const FieldPath* size = path_named("fuse.write.size");
    ASSERT_NE(size, nullptr);
    EXPECT_TRUE(size->in_request);
    EXPECT_TRUE(size->in_reply);
    EXPECT_EQ(size->chains.size(), 2u);
    EXPECT_EQ(size->field().kind, Kind::byte_count);

    const FieldPath* mode = path_named("fuse.getattr.attr.mode");
    ASSERT_NE(mode, nullptr);
    ASSERT_EQ(mode->chains.size(), 1u);
    EXPECT_STREQ(mode->chains[0][0]->name, "attr");
    EXPECT_STREQ(mode->chains[0][1]->name, "mode");
    EXPECT_FALSE(mode->in_request);
}

TEST(Tables, PathsKnowWhenTheyBegan) {
    EXPECT_EQ(path_named("fuse.read.lock_owner")->since, 9);
    EXPECT_EQ(path_named("fuse.lookup.attr.blksize")->since, 9);
    EXPECT_EQ(path_named("fuse.lookup.attr.rdev")->since, 1);
    EXPECT_EQ(path_named("fuse.init.flags2")->since, 23); // by size; the reply had room before 7.36
    EXPECT_EQ(path_named("fuse.statx.sx_mask")->since, 39);
    EXPECT_NE(path_named("fuse.setxattr.setxattr_flags")->needs, 0u);
    EXPECT_EQ(path_named("fuse.setxattr.flags")->needs, 0u);
}

TEST(Tables, HeadersAndExtensionsHavePaths) {
    for (const char* name :
         {"fuse.unique", "fuse.nodeid", "fuse.error", "fuse.notify", "fuse.ext.type",
          "fuse.ext.nr_secctx", "fuse.ext.secctx.value", "fuse.ext.groups",
          "fuse.ext.fhandle.handle", "fuse.lookup_handle.fhandle.handle",
          "fuse.readdirplus.entries.dirent.off", "fuse.readdir.dirents.name"})
        EXPECT_NE(path_named(name), nullptr) << name;
    EXPECT_EQ(path_named("fuse.unique")->chains.size(), 3u);
}

TEST(Tables, StructsAreNamedOnceAndCutInOrder) {
    std::set<std::string> names;
    for (const Struct* layout : all_structs()) {
        EXPECT_TRUE(names.insert(layout->uapi).second) << layout->uapi;
        std::uint16_t last = 0;
        for (const Cut& cut : layout->cuts) {
            EXPECT_LT(cut.size, layout->size) << layout->uapi;
            EXPECT_GE(cut.size, last) << layout->uapi;
            last = cut.size;
        }
    }
}

TEST(Tables, CutsDoNotSplitAField) {
    for (const Struct* layout : all_structs())
        for (const Cut& cut : layout->cuts)
            for (const Field& field : layout->fields)
                if (field.members == nullptr) {
                    EXPECT_TRUE(field.offset >= cut.size || field.offset + field.width <= cut.size)
                        << layout->uapi << "." << field.name;
                }
}

TEST(Tables, GroupsAreAsWideAsTheirMembers) {
    for (const Struct* layout : all_structs())
        for (const Field& field : layout->fields)
            if (field.members != nullptr) {
                EXPECT_EQ(field.width, field.members->size) << layout->uapi << "." << field.name;
            }
}

TEST(Tables, PartsHaveWhatTheirKindNeeds) {
    for (const Opcode* row : all_rows())
        for (const Body* body : bodies_of(*row))
            for (const Part& part : body->parts) {
                if (needs_layout(part.kind)) {
                    EXPECT_NE(part.layout, nullptr) << row->name;
                }
                if (needs_field(part.kind)) {
                    EXPECT_NE(part.field, nullptr) << row->name;
                }
                if (part.kind == PartKind::array && part.layout == nullptr) {
                    EXPECT_GT(part.field->width, 0) << row->name;
                }
            }
}

// Decoding tells sizes apart by reading the count at its offset in the first struct.
TEST(Tables, CountsAreFieldsOfTheFirstStruct) {
    for (const Opcode* row : all_rows())
        for (const Body* body : bodies_of(*row))
            for (const Part& part : body->parts) {
                if (part.count == nullptr)
                    continue;
                for (int i = 0; i < dialect_count; ++i) {
                    const Dialect dialect{.name = static_cast<DialectName>(i)};
                    if ((row->dialects & part.dialects & in_dialect(dialect.name)) == 0)
                        continue;
                    const auto first =
                        std::find_if(body->parts.begin(), body->parts.end(),
                                     [&](const Part& one) { return has_part(one, dialect); });
                    ASSERT_NE(first->layout, nullptr) << row->name;
                    EXPECT_TRUE(holds(*first->layout, part.count)) << row->name;
                }
            }
}

TEST(Tables, ChoicesLookAtTheAskedSizeOrTheFirstStruct) {
    for (const Opcode* row : all_opcodes()) {
        for (const ReplyChoice& choice : row->reply_choices) {
            const bool asked = choice.field == row->asked;
            const bool in_reply = !asked && holds(*row->reply.parts.front().layout, choice.field);
            EXPECT_TRUE(asked || in_reply) << row->name;
        }
        if (row->asked != nullptr) {
            EXPECT_TRUE(holds(*row->request.parts.front().layout, row->asked)) << row->name;
        }
    }
}

TEST(Tables, RequestsWithoutReplyHaveNoReplyBody) {
    for (const Opcode* row : all_opcodes())
        if (row->no_reply || row->optional_reply) {
            EXPECT_TRUE(row->reply.parts.empty()) << row->name;
        }
    for (const char* name : {"FORGET", "BATCH_FORGET", "NOTIFY_REPLY"})
        EXPECT_TRUE(find_opcode_named(name)->no_reply) << name;
}

TEST(Tables, FixedSizesAreThoseOfTheProtocol) {
    const std::map<std::string, int> replies = {
        {"LOOKUP", 128}, {"GETATTR", 104}, {"OPEN", 16},  {"WRITE", 8},  {"STATFS", 80},
        {"CREATE", 144}, {"STATX", 288},   {"GETLK", 24}, {"UNLINK", 0}, {"READ", -1},
        {"INIT", 64},    {"LSEEK", 8},     {"POLL", 8},   {"BMAP", 8},   {"TMPFILE", 144},
    };
    for (const auto& [name, size] : replies)
        EXPECT_EQ(fixed_size(find_opcode_named(name)->reply), size) << name;
}

TEST(Tables, ReplyWithoutRequestIsToldFromItsSize) {
    std::set<std::string> names;
    for (const Opcode* row : opcodes_with_reply_size(288, DialectName::upstream))
        names.insert(row->name);
    EXPECT_EQ(names, std::set<std::string>{"STATX"});
    EXPECT_TRUE(opcodes_with_reply_size(289, DialectName::upstream).empty());
}

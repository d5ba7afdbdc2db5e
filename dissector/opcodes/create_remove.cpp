// Making, moving and removing names: MKNOD, MKDIR, SYMLINK, LINK, CREATE, TMPFILE, UNLINK, RMDIR,
// RENAME. Kernels of 7.36 and 7.37 put security contexts behind the names while total_extlen did not
// exist yet; hence structural_ext.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

// Before 7.12 it ended after rdev.
constexpr Field mknod_in_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::mode, .name = "mode", .label = "Mode", .values = file_types, .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::rdev, .name = "rdev", .label = "Device"},
    {.offset = 8, .width = 4, .kind = Kind::permissions, .name = "umask", .label = "Umask"},
    {.offset = 12, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(mknod_in_fields, 16));
constexpr Cut mknod_in_cuts[] = {{.size = 8, .minor = 12}};
constexpr Struct mknod_in{"fuse_mknod_in", 16, mknod_in_fields, mknod_in_cuts};

// The mode has no S_IFDIR.
constexpr Field mkdir_in_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::permissions, .name = "mode", .label = "Mode", .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::permissions, .name = "umask", .label = "Umask"},
};
static_assert(covers(mkdir_in_fields, 8));
constexpr Struct mkdir_in{"fuse_mkdir_in", 8, mkdir_in_fields};

constexpr Field rename_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::nodeid, .name = "newdir", .label = "nodeid of the new parent", .in_line = true},
};
static_assert(covers(rename_in_fields, 8));
constexpr Struct rename_in{"fuse_rename_in", 8, rename_in_fields};

constexpr Field rename2_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::nodeid, .name = "newdir", .label = "nodeid of the new parent", .in_line = true},
    {.offset = 8, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = rename_flags, .in_line = true},
    {.offset = 12, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(rename2_in_fields, 16));
constexpr Struct rename2_in{"fuse_rename2_in", 16, rename2_in_fields};

constexpr Field link_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::nodeid, .name = "oldnodeid", .label = "nodeid of the existing", .in_line = true},
};
static_assert(covers(link_in_fields, 8));
constexpr Struct link_in{"fuse_link_in", 8, link_in_fields};

constexpr Part mknod_request[] = {
    {.kind = PartKind::fields, .layout = &mknod_in},
    {.kind = PartKind::name, .field = &entry_name},
    parent_fhandle_v2,
};
constexpr Part mkdir_request[] = {
    {.kind = PartKind::fields, .layout = &mkdir_in},
    {.kind = PartKind::name, .field = &entry_name},
    parent_fhandle_v2,
};
constexpr Part symlink_request[] = {
    {.kind = PartKind::name, .field = &entry_name},
    {.kind = PartKind::name, .field = &link_target},
    parent_fhandle_v2,
};
constexpr Part rename_request[] = {
    {.kind = PartKind::fields, .layout = &rename_in},
    {.kind = PartKind::name, .field = &entry_name},
    {.kind = PartKind::name, .field = &new_name},
};
constexpr Part rename2_request[] = {
    {.kind = PartKind::fields, .layout = &rename2_in},
    {.kind = PartKind::name, .field = &entry_name},
    {.kind = PartKind::name, .field = &new_name},
};
constexpr Part link_request[] = {
    {.kind = PartKind::fields, .layout = &link_in},
    {.kind = PartKind::name, .field = &entry_name},
    parent_fhandle_v2,
};
constexpr Part create_request[] = {
    {.kind = PartKind::fields, .layout = &create_in},
    {.kind = PartKind::name, .field = &entry_name},
    parent_fhandle_v2,
};
// fusex answers LINK with nothing.
constexpr Part link_reply[] = {
    {.kind = PartKind::fields, .layout = &entry_out, .dialects = all_dialects & ~fusex_dialects},
    entry_fhandle_v2,
};

constexpr Opcode rows[] = {
    {.number = 6, .name = "SYMLINK", .layer = "symlink", .doc = "makes a symbolic link",
     .request = {symlink_request}, .reply = {new_entry_body}, .structural_ext = true},
    {.number = 8, .name = "MKNOD", .layer = "mknod", .doc = "makes a file, device, pipe or socket",
     .request = {mknod_request}, .reply = {new_entry_body}, .structural_ext = true},
    {.number = 9, .name = "MKDIR", .layer = "mkdir", .doc = "makes a directory",
     .request = {mkdir_request}, .reply = {new_entry_body}, .structural_ext = true},
    {.number = 10, .name = "UNLINK", .layer = "unlink", .doc = "removes a name of a file", .request = {name_body}},
    {.number = 11, .name = "RMDIR", .layer = "rmdir", .doc = "removes a directory", .request = {name_body}},
    {.number = 12, .name = "RENAME", .layer = "rename", .doc = "moves a name", .request = {rename_request}},
    {.number = 13, .name = "LINK", .layer = "link", .doc = "gives a node another name",
     .request = {link_request}, .reply = {link_reply}},
    {.number = 35, .name = "CREATE", .layer = "create", .doc = "makes a regular file and opens it",
     .since = 3, .request = {create_request}, .reply = {entry_open_body}, .structural_ext = true},
    {.number = 45, .name = "RENAME2", .layer = "rename2", .doc = "moves a name, with flags",
     .since = 23, .request = {rename2_request}},
    {.number = 51, .name = "TMPFILE", .layer = "tmpfile", .doc = "makes and opens a regular file without a name",
     .since = 37, .request = {create_request}, .reply = {entry_open_body}, .structural_ext = true},
};

} // namespace

std::span<const Opcode> create_remove_opcodes() {
    return rows;
}

} // namespace fusewire

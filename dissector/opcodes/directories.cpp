// Listing directories: READDIR, READDIRPLUS.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

constexpr Part readdir_reply[] = {{.kind = PartKind::dirents, .layout = &dirent_head}};
constexpr Part readdirplus_reply[] = {{.kind = PartKind::direntplus, .layout = &direntplus_head}};

constexpr Opcode rows[] = {
    {.number = 28, .name = "READDIR", .layer = "readdir", .doc = "lists a directory",
     .request = {read_body}, .reply = {readdir_reply, true}, .asked = &read_in_size},
    {.number = 44, .name = "READDIRPLUS", .layer = "readdirplus", .doc = "lists a directory and looks its names up",
     .since = 21, .request = {read_body}, .reply = {readdirplus_reply, true}, .asked = &read_in_size},
};

} // namespace

std::span<const Opcode> directory_opcodes() {
    return rows;
}

} // namespace fusewire

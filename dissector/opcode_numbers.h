// Opcodes for code that reasons about operations: the session state and the rules. Decoding and views
// go by the tables and have no use for them.
#pragma once

#include <cstdint>

namespace fusewire {

// What an operation does, whatever its number is in a dialect: upstream's numbers
// (include/uapi/linux/fuse.h 7.46), those of LOOKUP_HANDLE RFC v3, then numbers of our own.
enum class Op : std::uint32_t {
    lookup = 1,
    forget = 2,
    getattr = 3,
    setattr = 4,
    readlink = 5,
    symlink = 6,
    mknod = 8,
    mkdir = 9,
    unlink = 10,
    rmdir = 11,
    rename = 12,
    link = 13,
    open = 14,
    read = 15,
    write = 16,
    statfs = 17,
    release = 18,
    fsync = 20,
    setxattr = 21,
    getxattr = 22,
    listxattr = 23,
    removexattr = 24,
    flush = 25,
    init = 26,
    opendir = 27,
    readdir = 28,
    releasedir = 29,
    fsyncdir = 30,
    getlk = 31,
    setlk = 32,
    setlkw = 33,
    access = 34,
    create = 35,
    interrupt = 36,
    bmap = 37,
    destroy = 38,
    ioctl = 39,
    poll = 40,
    notify_reply = 41,
    batch_forget = 42,
    fallocate = 43,
    readdirplus = 44,
    rename2 = 45,
    lseek = 46,
    copy_file_range = 47,
    setupmapping = 48,
    removemapping = 49,
    syncfs = 50,
    tmpfile = 51,
    statx = 52,
    copy_file_range_64 = 53,
    compound = 54,
    lookup_handle = 55,
    mkobj_handle = 56,
    lookup_root = 57, // fusex
    lookupx = 58,
    mkobjx = 59,
    setstatx = 60,
    dlm_wb_lock = 61, // of the vendor tree with COMPOUND 101
    cuse_init = 4096,
};

// A set of operations; those beyond 63 (CUSE_INIT, unknown ones) are one member.
using OpSet = std::uint64_t;
inline constexpr OpSet every_op = ~OpSet{0};
constexpr OpSet op_bit(Op op) {
    const auto number = static_cast<std::uint32_t>(op);
    return OpSet{1} << (number < 64 ? number : 0);
}
template <class... Ops>
constexpr OpSet ops(Ops... of) {
    return (op_bit(of) | ...);
}

enum class NotifyCode : std::int32_t {
    poll = 1,
    inval_inode = 2,
    inval_entry = 3,
    store = 4,
    retrieve = 5,
    delete_entry = 6,
    resend = 7,
    inc_epoch = 8,
    prune = 9,
};

} // namespace fusewire

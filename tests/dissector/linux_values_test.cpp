// Values that FUSE passes on from system calls, against this machine's headers. Where another
// architecture numbers open(2) flags differently, the tables keep the numbers of x86.
#include "dissector/opcodes/flags.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/falloc.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <linux/stat.h>
#include <linux/xattr.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <span>

using namespace fusewire;

namespace {

struct Constant {
    const char* name;
    std::uint64_t value;
};
#define CONSTANT(name)                                                                             \
    { #name, static_cast < std::uint64_t>(name) }

const Value* row_named(std::span<const Value> table, std::string_view name) {
    for (const Value& row : table)
        if (row.name == name)
            return &row;
    return nullptr;
}

void expect_same(std::span<const Value> table, std::initializer_list<Constant> constants,
                 std::string_view prefix = "") {
    for (const Constant& constant : constants) {
        const std::string_view name = std::string_view(constant.name).substr(prefix.size());
        const Value* row = row_named(table, name);
        ASSERT_NE(row, nullptr) << name;
        EXPECT_EQ(row->value, constant.value) << name;
    }
}

} // namespace

TEST(LinuxValues, OpenFlags) {
#if !defined(__x86_64__)
    GTEST_SKIP() << "open(2) flags differ between architectures";
#endif
    expect_same(linux_open_flags,
                {CONSTANT(O_RDONLY), CONSTANT(O_WRONLY), CONSTANT(O_RDWR), CONSTANT(O_CREAT),
                 CONSTANT(O_EXCL), CONSTANT(O_NOCTTY), CONSTANT(O_TRUNC), CONSTANT(O_APPEND),
                 CONSTANT(O_NONBLOCK), CONSTANT(O_SYNC), CONSTANT(O_DSYNC), CONSTANT(O_DIRECT),
                 CONSTANT(O_DIRECTORY), CONSTANT(O_NOFOLLOW), CONSTANT(O_NOATIME),
                 CONSTANT(O_CLOEXEC), CONSTANT(O_PATH), CONSTANT(O_TMPFILE)});
}

TEST(LinuxValues, IoctlCommands) {
#if !defined(__x86_64__)
    GTEST_SKIP() << "ioctl commands differ between architectures";
#endif
    expect_same(ioctl_commands, {CONSTANT(TCGETS), CONSTANT(FIONREAD), CONSTANT(FS_IOC_GETFLAGS),
                                 CONSTANT(FS_IOC_SETFLAGS), CONSTANT(FS_IOC32_GETFLAGS),
                                 CONSTANT(FS_IOC32_SETFLAGS), CONSTANT(FS_IOC_GETVERSION),
                                 CONSTANT(FS_IOC_SETVERSION), CONSTANT(FS_IOC_FSGETXATTR),
                                 CONSTANT(FS_IOC_FSSETXATTR), CONSTANT(FS_IOC_GETFSLABEL),
                                 CONSTANT(FS_IOC_SETFSLABEL), CONSTANT(FS_IOC_FIEMAP),
                                 CONSTANT(FS_IOC_ENABLE_VERITY), CONSTANT(FS_IOC_MEASURE_VERITY),
                                 CONSTANT(FICLONE), CONSTANT(FICLONERANGE), CONSTANT(FITRIM)});
}

TEST(LinuxValues, FileTypes) {
    expect_same(file_types,
                {CONSTANT(S_IFIFO), CONSTANT(S_IFCHR), CONSTANT(S_IFDIR), CONSTANT(S_IFBLK),
                 CONSTANT(S_IFREG), CONSTANT(S_IFLNK), CONSTANT(S_IFSOCK)});
}

TEST(LinuxValues, FallocateModes) {
    expect_same(fallocate_mode,
                {CONSTANT(FALLOC_FL_KEEP_SIZE), CONSTANT(FALLOC_FL_PUNCH_HOLE),
                 CONSTANT(FALLOC_FL_NO_HIDE_STALE), CONSTANT(FALLOC_FL_COLLAPSE_RANGE),
                 CONSTANT(FALLOC_FL_ZERO_RANGE), CONSTANT(FALLOC_FL_INSERT_RANGE),
                 CONSTANT(FALLOC_FL_UNSHARE_RANGE)},
                "FALLOC_FL_");
}

TEST(LinuxValues, RenameAndXattrFlags) {
    expect_same(rename_flags,
                {CONSTANT(RENAME_NOREPLACE), CONSTANT(RENAME_EXCHANGE), CONSTANT(RENAME_WHITEOUT)});
    expect_same(xattr_flags, {CONSTANT(XATTR_CREATE), CONSTANT(XATTR_REPLACE)});
}

TEST(LinuxValues, AccessLocksAndWhence) {
    expect_same(access_mask, {CONSTANT(F_OK), CONSTANT(R_OK), CONSTANT(W_OK), CONSTANT(X_OK)});
    expect_same(lock_types, {CONSTANT(F_RDLCK), CONSTANT(F_WRLCK), CONSTANT(F_UNLCK)});
    expect_same(whence_values, {CONSTANT(SEEK_SET), CONSTANT(SEEK_CUR), CONSTANT(SEEK_END),
                                CONSTANT(SEEK_DATA), CONSTANT(SEEK_HOLE)});
}

TEST(LinuxValues, PollEvents) {
    expect_same(poll_events,
                {CONSTANT(POLLIN), CONSTANT(POLLPRI), CONSTANT(POLLOUT), CONSTANT(POLLERR),
                 CONSTANT(POLLHUP), CONSTANT(POLLNVAL), CONSTANT(POLLRDNORM), CONSTANT(POLLRDBAND),
                 CONSTANT(POLLWRNORM), CONSTANT(POLLWRBAND), CONSTANT(POLLMSG),
                 CONSTANT(POLLREMOVE), CONSTANT(POLLRDHUP)});
}

TEST(LinuxValues, StatxBits) {
    expect_same(statx_mask,
                {CONSTANT(STATX_TYPE), CONSTANT(STATX_MODE), CONSTANT(STATX_NLINK),
                 CONSTANT(STATX_UID), CONSTANT(STATX_GID), CONSTANT(STATX_ATIME),
                 CONSTANT(STATX_MTIME), CONSTANT(STATX_CTIME), CONSTANT(STATX_INO),
                 CONSTANT(STATX_SIZE), CONSTANT(STATX_BLOCKS), CONSTANT(STATX_BTIME)},
                "STATX_");
    expect_same(statx_attributes,
                {CONSTANT(STATX_ATTR_COMPRESSED), CONSTANT(STATX_ATTR_IMMUTABLE),
                 CONSTANT(STATX_ATTR_APPEND), CONSTANT(STATX_ATTR_NODUMP),
                 CONSTANT(STATX_ATTR_ENCRYPTED), CONSTANT(STATX_ATTR_AUTOMOUNT),
                 CONSTANT(STATX_ATTR_MOUNT_ROOT), CONSTANT(STATX_ATTR_VERITY),
                 CONSTANT(STATX_ATTR_DAX)},
                "STATX_ATTR_");
}

TEST(LinuxValues, DirectoryEntryTypesAreTheTypeBitsOfTheMode) {
    for (const Value& type : file_types) {
        const std::string name = std::string("DT_") + (type.name + std::string_view("S_IF").size());
        const Value* row = row_named(dirent_types, type.value == S_IFIFO ? "DT_FIFO" : name);
        ASSERT_NE(row, nullptr) << name;
        EXPECT_EQ(row->value, type.value >> 12) << name;
    }
}

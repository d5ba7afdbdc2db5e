// Named values of the tables: flags, modes, types. Numbers are those of include/uapi/linux/fuse.h
// 7.46 and of Linux on x86, arm64 and riscv.
#pragma once

#include "dissector/field.h"

#include <iterator>

namespace fusewire {

inline constexpr DialectSet handle_dialects =
    in_dialects(DialectName::lookup_handle_v2, DialectName::lookup_handle_v3);
inline constexpr DialectSet fusex_dialects =
    in_dialects(DialectName::fusex_a, DialectName::fusex_b);
// LOOKUP_HANDLE RFC v3, and the same operations on later COMPOUND versions.
inline constexpr DialectSet lookup_handle_in_compound =
    in_dialects(DialectName::unknown, DialectName::lookup_handle_v3, DialectName::compound_v6,
                DialectName::compound_v7);
inline constexpr DialectSet compound_without_count =
    in_dialects(DialectName::compound_v6, DialectName::compound_v7, DialectName::fusex_b);
inline constexpr DialectSet compound_with_prefix =
    in_dialects(DialectName::compound_v7, DialectName::fusex_b);
// Bits that the out-of-tree series leave as upstream has them.
inline constexpr DialectSet upstream_dialects = all_dialects & ~(handle_dialects | fusex_dialects);

namespace init_flag {
inline constexpr std::uint64_t setxattr_ext = std::uint64_t{1} << 29;
inline constexpr std::uint64_t init_ext = std::uint64_t{1} << 30;
inline constexpr std::uint64_t lookup_handle = std::uint64_t{1} << 43;
} // namespace init_flag

// INIT flags 0-31, fields `flags` of fuse_init_in and fuse_init_out.
inline constexpr Value init_flags_low[] = {
    bit(0, "ASYNC_READ"),
    bit(1, "POSIX_LOCKS"),
    bit(2, "FILE_OPS"),
    bit(3, "ATOMIC_O_TRUNC"),
    bit(4, "EXPORT_SUPPORT"),
    bit(5, "BIG_WRITES"),
    bit(6, "DONT_MASK"),
    bit(7, "SPLICE_WRITE"),
    bit(8, "SPLICE_MOVE"),
    bit(9, "SPLICE_READ"),
    bit(10, "FLOCK_LOCKS"),
    bit(11, "HAS_IOCTL_DIR"),
    bit(12, "AUTO_INVAL_DATA"),
    bit(13, "DO_READDIRPLUS"),
    bit(14, "READDIRPLUS_AUTO"),
    bit(15, "ASYNC_DIO"),
    bit(16, "WRITEBACK_CACHE"),
    bit(17, "NO_OPEN_SUPPORT"),
    bit(18, "PARALLEL_DIROPS"),
    bit(19, "HANDLE_KILLPRIV"),
    bit(20, "POSIX_ACL"),
    bit(21, "ABORT_ERROR"),
    bit(22, "MAX_PAGES"),
    bit(23, "CACHE_SYMLINKS"),
    bit(24, "NO_OPENDIR_SUPPORT"),
    bit(25, "EXPLICIT_INVAL_DATA"),
    bit(26, "MAP_ALIGNMENT"),
    bit(27, "SUBMOUNTS"),
    bit(28, "HANDLE_KILLPRIV_V2"),
    bit(29, "SETXATTR_EXT"),
    bit(30, "INIT_EXT"),
    bit(31, "INIT_RESERVED"),
};

// INIT flags 32-63, fields `flags2`; the numbers are those of the 64-bit flag word minus 32.
inline constexpr Value init_flags_high[] = {
    bit(0, "SECURITY_CTX"),
    bit(1, "HAS_INODE_DAX"),
    bit(2, "CREATE_SUPP_GROUP"),
    bit(3, "HAS_EXPIRE_ONLY"),
    bit(4, "DIRECT_IO_ALLOW_MMAP"),
    bit(5, "PASSTHROUGH"),
    bit(6, "NO_EXPORT_SUPPORT"),
    bit(7, "HAS_RESEND"),
    bit(8, "ALLOW_IDMAP"),
    bit(9, "OVER_IO_URING"),
    bit(10, "REQUEST_TIMEOUT"),
    bit(11, "HAS_IO_URING_BUFPOOL", upstream_dialects),
    bit(11, "HAS_LOOKUP_HANDLE", handle_dialects),
    bit(11, "FUSE_X", in_dialect(DialectName::fusex_a)),
    bit(11, "OVER_IO_URING_NOTIFY", in_dialect(DialectName::fusex_b)),
};

// open_in.open_flags and create_in.open_flags.
inline constexpr Value open_request_flags[] = {bit(0, "OPEN_KILL_SUIDGID")};

// open_out.open_flags.
inline constexpr Value fopen_flags[] = {
    bit(0, "DIRECT_IO"),   bit(1, "KEEP_CACHE"),
    bit(2, "NONSEEKABLE"), bit(3, "CACHE_DIR"),
    bit(4, "STREAM"),      bit(5, "NOFLUSH"),
    bit(6, "PARALLEL_DIRECT_WRITES"), bit(7, "PASSTHROUGH"),
    bit(8, "IO_URING_ZERO_COPY"),
};

inline constexpr Value attr_flags[] = {bit(0, "SUBMOUNT"), bit(1, "DAX")};

inline constexpr Value read_flags[] = {bit(1, "LOCKOWNER")};
inline constexpr Value write_flags[] = {bit(0, "CACHE"), bit(1, "LOCKOWNER"), bit(2, "KILL_SUIDGID")};

inline constexpr Value getattr_flags[] = {bit(0, "FH")};

// setattr_in.valid: which of the fields count.
inline constexpr Value setattr_valid[] = {
    bit(0, "MODE"),      bit(1, "UID"),       bit(2, "GID"),    bit(3, "SIZE"),
    bit(4, "ATIME"),     bit(5, "MTIME"),     bit(6, "FH"),     bit(7, "ATIME_NOW"),
    bit(8, "MTIME_NOW"), bit(9, "LOCKOWNER"), bit(10, "CTIME"), bit(11, "KILL_SUIDGID"),
};

inline constexpr Value release_flags[] = {bit(0, "FLUSH"), bit(1, "FLOCK_UNLOCK")};
inline constexpr Value fsync_flags[] = {bit(0, "FDATASYNC")};
inline constexpr Value lk_flags[] = {bit(0, "FLOCK")};

// ioctl_in.flags and ioctl_out.flags.
inline constexpr Value ioctl_flags[] = {
    bit(0, "COMPAT"), bit(1, "UNRESTRICTED"), bit(2, "RETRY"),
    bit(3, "32BIT"),  bit(4, "DIR"),          bit(5, "COMPAT_X32"),
};

// Commands that file systems are asked for, ioctl(2) on x86 and ARM; a 32-bit caller's have other sizes.
inline constexpr Value ioctl_commands[] = {
    one_of(0x5401, "TCGETS"),
    one_of(0x541b, "FIONREAD"),
    one_of(0x80086601, "FS_IOC_GETFLAGS"),
    one_of(0x40086602, "FS_IOC_SETFLAGS"),
    one_of(0x80046601, "FS_IOC32_GETFLAGS"),
    one_of(0x40046602, "FS_IOC32_SETFLAGS"),
    one_of(0x80087601, "FS_IOC_GETVERSION"),
    one_of(0x40087602, "FS_IOC_SETVERSION"),
    one_of(0x801c581f, "FS_IOC_FSGETXATTR"),
    one_of(0x401c5820, "FS_IOC_FSSETXATTR"),
    one_of(0x81009431, "FS_IOC_GETFSLABEL"),
    one_of(0x41009432, "FS_IOC_SETFSLABEL"),
    one_of(0xc020660b, "FS_IOC_FIEMAP"),
    one_of(0x40806685, "FS_IOC_ENABLE_VERITY"),
    one_of(0xc0046686, "FS_IOC_MEASURE_VERITY"),
    one_of(0x40049409, "FICLONE"),
    one_of(0x4020940d, "FICLONERANGE"),
    one_of(0xc0185879, "FITRIM"),
};
inline constexpr Value poll_flags[] = {bit(0, "SCHEDULE_NOTIFY")};
inline constexpr Value setxattr_flags[] = {bit(0, "ACL_KILL_SGID")};
inline constexpr Value inval_entry_flags[] = {bit(0, "EXPIRE_ONLY")};
inline constexpr Value setupmapping_flags[] = {bit(0, "WRITE"), bit(1, "READ")};
inline constexpr Value cuse_flags[] = {bit(0, "UNRESTRICTED_IOCTL")};
inline constexpr Value uring_ent_flags[] = {bit(0, "ZERO_COPY")};
inline constexpr Value uring_queue_flags[] = {bit(0, "ZERO_COPY")};

// setxattr(2), renameat2(2), fallocate(2), access(2), lseek(2), poll(2) as Linux numbers them.
inline constexpr Value xattr_flags[] = {bit(0, "XATTR_CREATE"), bit(1, "XATTR_REPLACE")};
inline constexpr Value rename_flags[] = {
    bit(0, "RENAME_NOREPLACE"), bit(1, "RENAME_EXCHANGE"), bit(2, "RENAME_WHITEOUT"),
};
inline constexpr Value fallocate_mode[] = {
    bit(0, "KEEP_SIZE"),  bit(1, "PUNCH_HOLE"),   bit(2, "NO_HIDE_STALE"), bit(3, "COLLAPSE_RANGE"),
    bit(4, "ZERO_RANGE"), bit(5, "INSERT_RANGE"), bit(6, "UNSHARE_RANGE"), bit(7, "WRITE_ZEROES"),
};
inline constexpr Value access_mask[] = {
    {7, 0, "F_OK", all_dialects}, bit(2, "R_OK"), bit(1, "W_OK"), bit(0, "X_OK"),
};
inline constexpr Value whence_values[] = {
    one_of(0, "SEEK_SET"), one_of(1, "SEEK_CUR"),  one_of(2, "SEEK_END"),
    one_of(3, "SEEK_DATA"), one_of(4, "SEEK_HOLE"),
};
inline constexpr Value lock_types[] = {one_of(0, "F_RDLCK"), one_of(1, "F_WRLCK"), one_of(2, "F_UNLCK")};
inline constexpr Value poll_events[] = {
    bit(0, "POLLIN"),     bit(1, "POLLPRI"),    bit(2, "POLLOUT"),    bit(3, "POLLERR"),
    bit(4, "POLLHUP"),    bit(5, "POLLNVAL"),   bit(6, "POLLRDNORM"), bit(7, "POLLRDBAND"),
    bit(8, "POLLWRNORM"), bit(9, "POLLWRBAND"), bit(10, "POLLMSG"),   bit(12, "POLLREMOVE"),
    bit(13, "POLLRDHUP"), bit(14, "POLLFREE"),  bit(15, "POLL_BUSY_LOOP"),
};

// open(2) flags as Linux numbers them on most machines.
inline constexpr Value linux_open_flags[] = {
    {3, 0, "O_RDONLY", all_dialects},
    {3, 1, "O_WRONLY", all_dialects},
    {3, 2, "O_RDWR", all_dialects},
    {3, 3, "O_ACCMODE", all_dialects},
    bit(6, "O_CREAT"),
    bit(7, "O_EXCL"),
    bit(8, "O_NOCTTY"),
    bit(9, "O_TRUNC"),
    bit(10, "O_APPEND"),
    bit(11, "O_NONBLOCK"),
    {04010000, 04010000, "O_SYNC", all_dialects},
    {04010000, 010000, "O_DSYNC", all_dialects},
    bit(13, "FASYNC"),
    bit(14, "O_DIRECT"),
    bit(15, "O_LARGEFILE"),
    bit(16, "O_DIRECTORY"),
    bit(17, "O_NOFOLLOW"),
    bit(18, "O_NOATIME"),
    bit(19, "O_CLOEXEC"),
    bit(21, "O_PATH"),
    {020200000, 020200000, "O_TMPFILE", all_dialects},
    {1u << 5, 1u << 5, "FMODE_EXEC", all_dialects},
};

// The type bits of a mode; the permission bits beside them are shown in octal.
inline constexpr Value file_types[] = {
    {0170000, 0010000, "S_IFIFO", all_dialects}, {0170000, 0020000, "S_IFCHR", all_dialects},
    {0170000, 0040000, "S_IFDIR", all_dialects}, {0170000, 0060000, "S_IFBLK", all_dialects},
    {0170000, 0100000, "S_IFREG", all_dialects}, {0170000, 0120000, "S_IFLNK", all_dialects},
    {0170000, 0140000, "S_IFSOCK", all_dialects},
};

inline constexpr Value dirent_types[] = {
    one_of(0, "DT_UNKNOWN"), one_of(1, "DT_FIFO"), one_of(2, "DT_CHR"),  one_of(4, "DT_DIR"),
    one_of(6, "DT_BLK"),     one_of(8, "DT_REG"),  one_of(10, "DT_LNK"), one_of(12, "DT_SOCK"),
    one_of(14, "DT_WHT"),
};

inline constexpr Value statx_mask[] = {
    bit(0, "TYPE"),  bit(1, "MODE"),  bit(2, "NLINK"), bit(3, "UID"),  bit(4, "GID"),     bit(5, "ATIME"),
    bit(6, "MTIME"), bit(7, "CTIME"), bit(8, "INO"),   bit(9, "SIZE"), bit(10, "BLOCKS"), bit(11, "BTIME"),
};

// statx(2) stx_attributes.
inline constexpr Value statx_attributes[] = {
    bit(2, "COMPRESSED"), bit(4, "IMMUTABLE"),  bit(5, "APPEND"),  bit(6, "NODUMP"),
    bit(11, "ENCRYPTED"), bit(12, "AUTOMOUNT"), bit(13, "MOUNT_ROOT"), bit(20, "VERITY"),
    bit(21, "DAX"),       bit(22, "WRITE_ATOMIC"),
};

} // namespace fusewire

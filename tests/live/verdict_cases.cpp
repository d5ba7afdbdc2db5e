#include "tests/live/verdict_cases.h"

#include "tests/dissector/records.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <ostream>

namespace fusewire::live_test {

namespace {

using testing::Wire;

// Newer than the headers of Debian 12.
constexpr std::uint32_t statx_request = 52, copy_file_range_64 = 53;
constexpr std::size_t header_size = sizeof(fuse_out_header);
constexpr std::uint64_t interrupt_bit = 1;
constexpr std::uint64_t nowhere = 0x7777777777777776; // a nodeid or unique that nobody knows

// ---- What the caller does.

int result_of(long result) {
    return result < 0 ? errno : 0;
}
int stat_of(const std::string& path) {
    struct stat attributes {};
    return result_of(stat(path.c_str(), &attributes));
}
int open_of(const Caller& caller, const std::string& name, int flags = O_RDONLY) {
    return open(caller.path(name).c_str(), flags | O_CLOEXEC, 0644);
}

int stat_file(const Caller& caller) {
    caller.arm();
    return stat_of(caller.path("file0"));
}
// The name is cached, so its LOOKUP is a revalidation.
int stat_again(const Caller& caller) {
    stat_of(caller.path("file0"));
    caller.arm();
    return stat_of(caller.path("file0"));
}
// With a descriptor on it, which keeps the inode.
int stat_held(const Caller& caller) {
    const int fd = open_of(caller, "file0");
    caller.arm();
    const int error = stat_of(caller.path("file0"));
    close(fd);
    return error;
}
int stat_other_while_held(const Caller& caller) {
    const int fd = open_of(caller, "file0");
    caller.arm();
    const int error = stat_of(caller.path("file1"));
    close(fd);
    return error;
}
int stat_missing(const Caller& caller) {
    caller.arm();
    return stat_of(caller.path("missing"));
}
int stat_open_file(const Caller& caller) {
    const int fd = open_of(caller, "file0");
    struct stat attributes {};
    caller.arm();
    return result_of(fstat(fd, &attributes));
}
int statx_file(const Caller& caller) {
    const int fd = open_of(caller, "file0");
    struct statx attributes {};
    caller.arm();
    return result_of(statx(fd, "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC,
                           STATX_BASIC_STATS | STATX_BTIME, &attributes));
}
int stat_root(const Caller& caller) {
    caller.arm();
    return stat_of(caller.path());
}
int statfs_root(const Caller& caller) {
    struct statfs facts {};
    caller.arm();
    return result_of(statfs(caller.path().c_str(), &facts));
}
int chmod_file(const Caller& caller) {
    const int fd = open_of(caller, "file0");
    caller.arm();
    return result_of(fchmod(fd, 0600));
}
int access_file(const Caller& caller) {
    caller.arm();
    return result_of(access(caller.path("file0").c_str(), R_OK));
}
int open_file(const Caller& caller) {
    caller.arm();
    return result_of(open_of(caller, "file0"));
}
int open_directory(const Caller& caller) {
    caller.arm();
    return result_of(open_of(caller, "many", O_DIRECTORY));
}
int close_file(const Caller& caller) {
    const int fd = open_of(caller, "file0");
    caller.arm();
    return result_of(close(fd));
}
int sync_file(const Caller& caller) {
    const int fd = open_of(caller, "file0", O_RDWR);
    caller.arm();
    return result_of(fsync(fd));
}
int create_file(const Caller& caller) {
    caller.arm();
    return result_of(open_of(caller, "new", O_CREAT | O_EXCL | O_RDWR));
}
int make_directory(const Caller& caller) {
    caller.arm();
    return result_of(mkdir(caller.path("new").c_str(), 0755));
}
int make_pipe(const Caller& caller) {
    caller.arm();
    return result_of(mknod(caller.path("new").c_str(), S_IFIFO | 0644, 0));
}
int make_link(const Caller& caller) {
    caller.arm();
    return result_of(link(caller.path("file0").c_str(), caller.path("new").c_str()));
}
int read_link(const Caller& caller) {
    const std::string path = caller.path("link");
    static_cast<void>(symlink("file0", path.c_str()));
    char target[100];
    caller.arm();
    return result_of(readlink(path.c_str(), target, sizeof target));
}
int exchange_names(const Caller& caller) {
    caller.arm();
    return result_of(renameat2(AT_FDCWD, caller.path("file0").c_str(), AT_FDCWD,
                               caller.path("file1").c_str(), RENAME_EXCHANGE));
}
int read_file(const Caller& caller) {
    const int fd = open_of(caller, "file0");
    char bytes[100];
    caller.arm();
    return result_of(read(fd, bytes, sizeof bytes));
}
int write_file(const Caller& caller) {
    const int fd = open_of(caller, "file0", O_WRONLY);
    caller.arm();
    return result_of(write(fd, "12345", 5));
}
int copy_file(const Caller& caller) {
    const int from = open_of(caller, "file0"), to = open_of(caller, "file1", O_WRONLY);
    off_t source = 0, target = 0;
    caller.arm();
    return result_of(copy_file_range(from, &source, to, &target, 100, 0));
}
int allocate_file(const Caller& caller) {
    const int fd = open_of(caller, "file0", O_WRONLY);
    caller.arm();
    return result_of(fallocate(fd, 0, 0, 100));
}
int seek_file(const Caller& caller) {
    const int fd = open_of(caller, "file0");
    caller.arm();
    return result_of(lseek(fd, 10, SEEK_DATA));
}
int poll_file(const Caller& caller) {
    const int fd = open_of(caller, "file0");
    pollfd waiting{fd, POLLIN, 0};
    caller.arm();
    return result_of(poll(&waiting, 1, 1000));
}
int lock_file(const Caller& caller) {
    const int fd = open_of(caller, "file0", O_RDWR);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    caller.arm();
    return result_of(fcntl(fd, F_GETLK, &lock));
}
int ioctl_file(const Caller& caller) {
    const int fd = open_of(caller, "file0");
    std::uint64_t value = 0;
    caller.arm();
    return result_of(ioctl(fd, _IOR('w', 1, std::uint64_t), &value));
}
int list_directory(const Caller& caller) {
    const int fd = open_of(caller, "many", O_DIRECTORY);
    char bytes[4096];
    caller.arm();
    return result_of(getdents64(fd, bytes, sizeof bytes));
}
int get_attribute(const Caller& caller) {
    char value[100];
    const std::string path = caller.path("file0");
    setxattr(path.c_str(), "user.a", "value", 5, 0);
    caller.arm();
    return result_of(getxattr(path.c_str(), "user.a", value, sizeof value));
}
int ask_attribute_size(const Caller& caller) {
    caller.arm();
    return result_of(getxattr(caller.path("file0").c_str(), "user.a", nullptr, 0));
}
int set_attribute(const Caller& caller) {
    caller.arm();
    return result_of(setxattr(caller.path("file0").c_str(), "user.a", "value", 5, 0));
}
int list_attributes(const Caller& caller) {
    char names[100];
    caller.arm();
    return result_of(listxattr(caller.path("file0").c_str(), names, sizeof names));
}
// READ waits until a signal comes, and then for what the server makes of INTERRUPT.
int read_interrupted(const Caller& caller) {
    const int fd = open_of(caller, "file0");
    struct sigaction quiet {};
    quiet.sa_handler = [](int) {};
    sigaction(SIGALRM, &quiet, nullptr);
    char bytes[100];
    caller.arm();
    constexpr itimerval soon{{0, 0}, {0, 20'000}};
    setitimer(ITIMER_REAL, &soon, nullptr);
    return result_of(read(fd, bytes, sizeof bytes));
}
// Looks at names so that the kernel knows them, and lets the notification come.
int be_told(const Caller& caller) {
    const int fd = open_of(caller, "file0");
    stat_of(caller.path("many"));
    stat_of(caller.path("file1"));
    caller.arm();
    close(fd);
    return 0;
}

// ---- What the server says.

template <class Value>
void put_at(Buffer& bytes, std::size_t offset, Value value) {
    if (bytes.size() < offset + sizeof value)
        bytes.resize(offset + sizeof value);
    std::memcpy(bytes.data() + offset, &value, sizeof value);
}
// `len` as it must be.
Buffer closed(Buffer bytes) {
    put_at(bytes, 0, static_cast<std::uint32_t>(bytes.size()));
    return bytes;
}
Buffer error_reply(const Asked& asked, std::int32_t error) {
    return testing::reply(asked.header.unique, error).bytes();
}
Buffer success(const Asked& asked, const Wire& body) {
    return testing::reply(asked.header.unique, 0, body).bytes();
}

using Build = std::function<Buffer(const Asked& asked)>;

// The first request with one of these opcodes is answered wrongly.
Script once(std::vector<std::uint32_t> opcodes, Build build) {
    return [opcodes, build, told = false](LyingServer& server, const Asked& asked) mutable {
        if (told || std::ranges::find(opcodes, asked.header.opcode) == opcodes.end())
            return false;
        told = true;
        server.lie(build(asked));
        return true;
    };
}
// The kernel refuses the reply and waits on, so the honest one follows.
Script then_right(std::uint32_t opcode, Build build) {
    return [opcode, build, told = false](LyingServer& server, const Asked& asked) mutable {
        if (told || asked.header.opcode != opcode)
            return false;
        told = true;
        server.lie(build(asked));
        return false;
    };
}
// The honest reply, and then one more write.
Script right_then(std::uint32_t opcode, Build build) {
    return [opcode, build, told = false](LyingServer& server, const Asked& asked) mutable {
        if (told || asked.header.opcode != opcode)
            return false;
        told = true;
        server.tell(asked.right());
        server.lie(build(asked));
        return true;
    };
}

Build failing(std::int32_t error) {
    return [error](const Asked& asked) { return error_reply(asked, error); };
}
Build longer(std::ptrdiff_t by) {
    return [by](const Asked& asked) {
        Buffer bytes = asked.right();
        bytes.resize(static_cast<std::size_t>(static_cast<std::ptrdiff_t>(bytes.size()) + by));
        return closed(bytes);
    };
}
// The honest reply with another value at an offset of its payload.
template <class Value>
Build changed(std::size_t offset, Value value) {
    return [offset, value](const Asked& asked) {
        Buffer bytes = asked.right();
        put_at(bytes, header_size + offset, value);
        return closed(bytes);
    };
}
Build saying(const Wire& body) {
    return [body](const Asked& asked) { return success(asked, body); };
}

constexpr std::size_t entry_nodeid = offsetof(fuse_entry_out, nodeid);
constexpr std::size_t entry_generation = offsetof(fuse_entry_out, generation);
constexpr std::size_t entry_nsec = offsetof(fuse_entry_out, entry_valid_nsec);
constexpr std::size_t entry_mode = offsetof(fuse_entry_out, attr.mode);
constexpr std::size_t entry_size = offsetof(fuse_entry_out, attr.size);
constexpr std::size_t attr_mode = offsetof(fuse_attr_out, attr.mode);
constexpr std::size_t attr_size = offsetof(fuse_attr_out, attr.size);
constexpr std::size_t fopen_flags = offsetof(fuse_open_out, open_flags);
constexpr std::uint64_t too_large = std::uint64_t{1} << 63;

// struct fuse_statx_out of node 2 as the honest server would describe it.
Wire statx_body(std::uint32_t mask, std::uint32_t mode) {
    Wire body;
    body.u64(0).u32(0).u32(0).zeros(16);
    body.u32(mask).u32(4096).u64(0).u32(1).u32(0).u32(0).u16(mode).u16(0);
    return body.u64(2).u64(4096).u64(8).zeros(200);
}

// One struct fuse_dirent.
Wire dirent(std::uint64_t ino, std::uint64_t off, std::string_view name) {
    Wire record;
    return record.u64(ino).u64(off).u32(name.size()).u32(DT_REG).text(name).pad8();
}
// One struct fuse_direntplus.
Wire direntplus(std::uint64_t nodeid, std::uint32_t mode, std::string_view name) {
    Wire record;
    record.u64(nodeid).u64(1).u64(0).u64(0).u32(0).u32(0);
    record.u64(nodeid).zeros(52).u32(mode).u32(1).zeros(20);
    return record.append(dirent(7, 1, name));
}
Wire three_dirents(const Wire& second) {
    Wire list;
    return list.append(dirent(5, 1, "a")).append(second).append(dirent(6, 3, "c"));
}

// READ is left waiting until INTERRUPT comes for it. `talk` says something about that; then READ is
// answered.
using Talk = std::function<void(LyingServer& server, const Asked& interrupt, std::uint64_t target)>;
Script on_interrupt(Talk talk) {
    return [talk, waiting = std::uint64_t{0}](LyingServer& server, const Asked& asked) mutable {
        if (asked.header.opcode == FUSE_READ) {
            waiting = asked.header.unique;
            return true;
        }
        if (asked.header.opcode != FUSE_INTERRUPT || waiting == 0)
            return false;
        const std::uint64_t target = waiting;
        waiting = 0;
        talk(server, asked, target);
        return true;
    };
}
void end_interrupted(LyingServer& server, std::uint64_t target) {
    server.tell(testing::reply(target, -EINTR).bytes());
}
Talk answering_interrupt(std::int32_t error, std::size_t payload = 0) {
    return [error, payload](LyingServer& server, const Asked& interrupt, std::uint64_t target) {
        server.lie(testing::reply(interrupt.header.unique, error, Wire().zeros(payload)).bytes());
        end_interrupted(server, target);
    };
}
void answer_interrupt_late(LyingServer& server, const Asked& interrupt, std::uint64_t target) {
    end_interrupted(server, target);
    server.lie(testing::reply(interrupt.header.unique, -EAGAIN).bytes());
}
// A reply with the interrupt bit to a request that nobody interrupted.
Build unasked_interrupt(std::int32_t error) {
    return [error](const Asked& asked) {
        return testing::reply(asked.header.unique | interrupt_bit, error).bytes();
    };
}

Buffer notification(std::int32_t code, const Wire& body) {
    return testing::reply(0, code, body).bytes();
}
std::function<Buffer()> telling(std::int32_t code, const Wire& body) {
    return [code, body] { return notification(code, body); };
}
constexpr std::int32_t notify_poll = 1, inval_inode = 2, inval_entry = 3, store = 4, retrieve = 5,
                       delete_entry = 6;
constexpr std::uint64_t root = 1, file0 = 2, file1 = 3; // as RawTree numbers them
Wire inode_body(std::uint64_t nodeid) {
    return Wire().u64(nodeid).u64(0).u64(0);
}
Wire entry_body(std::uint64_t parent, std::string_view name, std::size_t namelen) {
    return Wire().u64(parent).u32(namelen).u32(0).name(name);
}
Wire delete_body(std::uint64_t parent, std::uint64_t child, std::string_view name) {
    return Wire().u64(parent).u64(child).u32(name.size()).u32(0).name(name);
}
Wire store_body(std::uint64_t nodeid, std::uint32_t size, std::string_view data) {
    return Wire().u64(nodeid).u64(0).u32(size).u32(0).text(data);
}
Wire retrieve_body(std::uint64_t nodeid) {
    return Wire().u64(99).u64(nodeid).u64(0).u32(100).u32(0);
}

void old_attributes(fuse_init_out& init) {
    init.minor = 8;
}
void with_locks(fuse_init_out& init) {
    init.flags |= FUSE_POSIX_LOCKS;
}

VerdictCase about_init(const char* name, const char* row, Build reply) {
    VerdictCase one{name, row, statfs_root, once({FUSE_INIT}, std::move(reply))};
    one.from_the_start = true;
    return one;
}
VerdictCase about_readdirplus(const char* name, const char* row, const Wire& records) {
    VerdictCase one{name, row, list_directory, once({FUSE_READDIRPLUS}, saying(records))};
    one.readdirplus = true;
    return one;
}
// Attributes were 8 bytes shorter then.
VerdictCase about_minor_8(const char* name, const char* row, std::ptrdiff_t by) {
    VerdictCase one{name, row, stat_root, once({FUSE_GETATTR}, longer(by))};
    one.init = old_attributes;
    return one;
}
VerdictCase about_lock(const char* name, const char* row, const Wire& lock) {
    VerdictCase one{name, row, lock_file, once({FUSE_GETLK}, saying(lock))};
    one.init = with_locks;
    return one;
}
VerdictCase about_interrupt(const char* name, const char* row, Talk talk) {
    VerdictCase one{name, row, read_interrupted, on_interrupt(std::move(talk))};
    one.caller = EINTR;
    return one;
}
VerdictCase about_notification(const char* name, const char* row, std::int32_t code,
                               const Wire& body) {
    VerdictCase one{name, row, be_told};
    one.notification = telling(code, body);
    return one;
}

std::vector<VerdictCase> all_cases() {
    return {
        // Form.
        {"LenWrong", "len-wrong", stat_file,
         then_right(FUSE_LOOKUP,
                    [](const Asked& asked) {
                        Buffer bytes = asked.right();
                        put_at(bytes, 0, static_cast<std::uint32_t>(bytes.size() + 8));
                        return bytes;
                    })},
        {"ErrorAboveZero", "error-out-of-range", stat_file, then_right(FUSE_LOOKUP, failing(2))},
        {"ErrorMinus512", "error-out-of-range", stat_file, then_right(FUSE_LOOKUP, failing(-512))},
        {"ErrorMinus511", "error-passed-on", stat_file, once({FUSE_LOOKUP}, failing(-511))},
        {"ReplyShorterThanAHeader", "reply-too-short", stat_file,
         then_right(FUSE_LOOKUP,
                    [](const Asked& asked) {
                        return Buffer(asked.right().begin(), asked.right().begin() + 8);
                    })},
        about_interrupt("InterruptAnsweredTooLate", "interrupt-too-late", answer_interrupt_late),
        about_interrupt("InterruptReplyWithPayload", "interrupt-reply-long",
                        answering_interrupt(0, 8)),
        about_interrupt("InterruptUnsupported", "interrupt-unsupported",
                        answering_interrupt(-ENOSYS)),
        about_interrupt("InterruptAgain", "interrupt-again", answering_interrupt(-EAGAIN)),
        about_interrupt("InterruptReplyWithoutMeaning", "interrupt-reply-ignored",
                        answering_interrupt(-EIO)),
        {"InterruptThatWasNeverSent", "interrupt-unasked", stat_file,
         then_right(FUSE_LOOKUP, unasked_interrupt(-EAGAIN))},
        {"InterruptThatWasNeverSentIsUnsupported", "interrupt-unsupported", stat_file,
         then_right(FUSE_LOOKUP, unasked_interrupt(-ENOSYS))},
        {"InterruptThatWasNeverSentWithoutMeaning", "interrupt-reply-ignored", stat_file,
         then_right(FUSE_LOOKUP, unasked_interrupt(0))},
        {"ErrorWithPayload", "error-with-payload", stat_file,
         once({FUSE_LOOKUP},
              [](const Asked& asked) {
                  return testing::reply(asked.header.unique, -EACCES, Wire().zeros(8)).bytes();
              })},
        {"EntryTooShort", "reply-size-wrong", stat_file, once({FUSE_LOOKUP}, longer(-8))},
        {"EntryTooLong", "reply-size-wrong", stat_file, once({FUSE_LOOKUP}, longer(8))},
        {"AttributesEmpty", "reply-size-wrong", stat_open_file,
         once({FUSE_GETATTR}, saying(Wire()))},
        {"OpenTooShort", "reply-size-wrong", open_file, once({FUSE_OPEN}, longer(-8))},
        {"PayloadWhereThereIsNone", "reply-size-wrong", set_attribute,
         once({FUSE_SETXATTR}, longer(8))},
        {"StatfsAsBefore74", "reply-size-wrong", statfs_root, once({FUSE_STATFS}, longer(-32))},
        about_minor_8("WholeAttributesAtMinor8", "reply-size-wrong", 0),
        about_minor_8("ShortAttributesAtMinor8", "accepted", -8),
        {"ReleaseWithPayload", "reply-size-wrong", close_file, once({FUSE_RELEASE}, longer(8))},
        {"IoctlWithoutItsHead", "reply-size-wrong", ioctl_file,
         once({FUSE_IOCTL}, saying(Wire().zeros(8)))},
        {"ReadTooLong", "reply-too-long", read_file, once({FUSE_READ}, longer(1))},
        {"LinkTooLong", "reply-too-long", read_link, once({FUSE_READLINK}, longer(4096))},
        {"XattrTooLong", "reply-too-long", get_attribute, once({FUSE_GETXATTR}, longer(100))},
        {"ListingTooLong", "reply-too-long", list_directory,
         once({FUSE_READDIR}, saying(Wire().zeros(1u << 16)))},
        about_init("InitTooLong", "reply-too-long", longer(8)),
        {"AnsweredTwice", "answered-before", stat_file,
         right_then(FUSE_LOOKUP, [](const Asked& asked) { return asked.right(); })},
        {"NothingWaits", "nothing-waits", stat_file,
         then_right(FUSE_LOOKUP, [](const Asked&) { return testing::reply(nowhere).bytes(); })},
        {"NotificationLenWrong",
         "notify-len-wrong",
         be_told,
         {},
         [] {
             Buffer bytes = notification(inval_inode, inode_body(file0));
             put_at(bytes, 0, std::uint32_t{16});
             return bytes;
         }},

        // Errors.
        {"ReleaseFails", "release-error", close_file, once({FUSE_RELEASE}, failing(-EIO))},
        about_init("InitFails", "init-error", failing(-EPROTO)),
        {"CachedNameIsGone", "name-dropped", stat_again, once({FUSE_LOOKUP}, failing(-ENOENT))},
        {"CachedNameFails", "name-dropped", stat_again, once({FUSE_LOOKUP}, failing(-EACCES))},
        {"CachedNameInterrupted", "error-passed-on", stat_again,
         once({FUSE_LOOKUP}, failing(-EINTR))},
        {"NoSuchName", "negative-uncached", stat_missing, once({FUSE_LOOKUP}, failing(-ENOENT))},
        {"StaleOnce", "estale-walks-again", stat_file, once({FUSE_LOOKUP}, failing(-ESTALE))},
        {"OpenUnsupported", "enosys-open", open_file, once({FUSE_OPEN}, failing(-ENOSYS))},
        {"OpendirUnsupported", "enosys-open", open_directory,
         once({FUSE_OPENDIR}, failing(-ENOSYS))},
        {"FlushUnsupported", "enosys-succeeds", close_file, once({FUSE_FLUSH}, failing(-ENOSYS))},
        {"FsyncUnsupported", "enosys-succeeds", sync_file, once({FUSE_FSYNC}, failing(-ENOSYS))},
        {"AccessUnsupported", "enosys-succeeds", access_file,
         once({FUSE_ACCESS}, failing(-ENOSYS))},
        {"FlushFails", "error-passed-on", close_file, once({FUSE_FLUSH}, failing(-EDQUOT))},
        {"SetxattrUnsupported", "enosys-unsupported", set_attribute,
         once({FUSE_SETXATTR}, failing(-ENOSYS))},
        {"GetxattrUnsupported", "enosys-unsupported", get_attribute,
         once({FUSE_GETXATTR}, failing(-ENOSYS))},
        {"FallocateUnsupported", "enosys-unsupported", allocate_file,
         once({FUSE_FALLOCATE}, failing(-ENOSYS))},
        {"CreateUnsupported", "enosys-create", create_file, once({FUSE_CREATE}, failing(-ENOSYS))},
        {"StatxUnsupported", "enosys-statx", statx_file, once({statx_request}, failing(-ENOSYS))},
        {"Rename2Unsupported", "enosys-rename2", exchange_names,
         once({FUSE_RENAME2}, failing(-ENOSYS))},
        {"LinkUnsupported", "enosys-link", make_link, once({FUSE_LINK}, failing(-ENOSYS))},
        {"LseekUnsupported", "enosys-lseek", seek_file, once({FUSE_LSEEK}, failing(-ENOSYS))},
        {"CopyUnsupported", "enosys-copy", copy_file,
         once({FUSE_COPY_FILE_RANGE, copy_file_range_64}, failing(-ENOSYS))},
        {"CopyAcrossDevices", "copied-by-kernel", copy_file,
         once({FUSE_COPY_FILE_RANGE, copy_file_range_64}, failing(-EXDEV))},
        {"PollUnsupported", "enosys-poll", poll_file, once({FUSE_POLL}, failing(-ENOSYS))},
        {"PollFails", "poll-error", poll_file, once({FUSE_POLL}, failing(-EIO))},
        {"IoctlUnsupported", "enosys-ioctl", ioctl_file, once({FUSE_IOCTL}, failing(-ENOSYS))},

        // INIT.
        about_init("InitOtherMajor", "init-major",
                   changed(offsetof(fuse_init_out, major), std::uint32_t{8})),
        about_init("InitEmpty", "init-major", saying(Wire())),
        about_init("InitMinor5", "init-minor-old",
                   changed(offsetof(fuse_init_out, minor), std::uint32_t{5})),
        about_init("InitFlags2Alone", "init-flags2-ignored",
                   changed(offsetof(fuse_init_out, flags2), std::uint32_t{1})),
        about_init("InitPassthroughWithoutDepth", "init-passthrough-off",
                   [](const Asked& asked) {
                       Buffer bytes = asked.right();
                       constexpr std::uint32_t init_ext = 1u << 30, passthrough = 1u << 5;
                       put_at(bytes, header_size + offsetof(fuse_init_out, flags), init_ext);
                       put_at(bytes, header_size + offsetof(fuse_init_out, flags2), passthrough);
                       return bytes;
                   }),
        about_init("InitTimeGranularity", "init-time-gran",
                   changed(offsetof(fuse_init_out, time_gran), std::uint32_t{2'000'000'000})),
        about_init("InitSmallWrites", "init-max-write",
                   changed(offsetof(fuse_init_out, max_write), std::uint32_t{100})),

        // Entries.
        {"CachedNameBecomesNegative", "name-gone", stat_again,
         once({FUSE_LOOKUP}, changed(entry_nodeid, std::uint64_t{0}))},
        {"NegativeEntry", "negative-cached", stat_file,
         once({FUSE_LOOKUP}, changed(entry_nodeid, std::uint64_t{0}))},
        {"CachedNameLeadsElsewhere", "name-moved", stat_again,
         once({FUSE_LOOKUP}, changed(entry_nodeid, file1))},
        {"CachedNameWithOtherGeneration", "name-stale", stat_held,
         once({FUSE_LOOKUP}, changed(entry_generation, std::uint64_t{9}))},
        {"CachedNameWithOtherType", "name-stale", stat_again,
         once({FUSE_LOOKUP}, changed(entry_mode, std::uint32_t{S_IFDIR | 0755}))},
        {"CachedNameWithoutType", "name-stale", stat_again,
         once({FUSE_LOOKUP}, changed(entry_mode, std::uint32_t{0}))},
        {"EntryWithoutType", "entry-attributes-bad", stat_file,
         once({FUSE_LOOKUP}, changed(entry_mode, std::uint32_t{0}))},
        {"EntryTooLarge", "entry-attributes-bad", stat_file,
         once({FUSE_LOOKUP}, changed(entry_size, too_large))},
        {"FileIsTheRoot", "root-made-bad", stat_file,
         once({FUSE_LOOKUP}, changed(entry_nodeid, root))},
        {"DirectoryIsTheRoot", "root-as-child", stat_file,
         once({FUSE_LOOKUP},
              [](const Asked& asked) {
                  Buffer bytes = changed(entry_nodeid, root)(asked);
                  put_at(bytes, header_size + entry_mode, std::uint32_t{S_IFDIR | 0755});
                  return bytes;
              })},
        {"CreatedWithNodeidZero", "created-nodeid-bad", create_file,
         once({FUSE_CREATE}, changed(entry_nodeid, std::uint64_t{0}))},
        {"DirectoryMadeWithNodeidOfTheRoot", "created-nodeid-bad", make_directory,
         once({FUSE_MKDIR}, changed(entry_nodeid, root))},
        {"CreatedWithoutType", "created-attributes-bad", create_file,
         once({FUSE_CREATE}, changed(entry_mode, std::uint32_t{0644}))},
        {"DirectoryMadeTooLarge", "created-attributes-bad", make_directory,
         once({FUSE_MKDIR}, changed(entry_size, too_large))},
        {"DirectoryMadeAsFile", "created-type-wrong", make_directory,
         once({FUSE_MKDIR}, changed(entry_mode, std::uint32_t{S_IFREG | 0644}))},
        {"PipeMadeAsFile", "created-type-wrong", make_pipe,
         once({FUSE_MKNOD}, changed(entry_mode, std::uint32_t{S_IFREG | 0644}))},
        {"LinkedToAnotherType", "created-type-wrong", make_link,
         once({FUSE_LINK}, changed(entry_mode, std::uint32_t{S_IFDIR | 0755}))},
        {"OtherNameWithOtherGeneration", "node-replaced", stat_other_while_held,
         once({FUSE_LOOKUP},
              [](const Asked& asked) {
                  Buffer bytes = changed(entry_nodeid, file0)(asked);
                  put_at(bytes, header_size + entry_generation, std::uint64_t{9});
                  return bytes;
              })},
        {"WideGeneration", "generation-cut", stat_file,
         once({FUSE_LOOKUP}, changed(entry_generation, std::uint64_t{1} << 32 | 1))},
        {"TooManyNanoseconds", "nanoseconds-clamped", stat_file,
         once({FUSE_LOOKUP}, changed(entry_nsec, std::uint32_t{2'000'000'000}))},

        // Attributes.
        {"AttributesWithoutType", "attributes-bad", stat_open_file,
         once({FUSE_GETATTR}, changed(attr_mode, std::uint32_t{0644}))},
        {"AttributesTooLarge", "attributes-bad", stat_open_file,
         once({FUSE_GETATTR}, changed(attr_size, too_large))},
        {"AttributesSetWithoutType", "attributes-bad", chmod_file,
         once({FUSE_SETATTR}, changed(attr_mode, std::uint32_t{0644}))},
        {"AttributesOfAnotherType", "type-changed", stat_open_file,
         once({FUSE_GETATTR}, changed(attr_mode, std::uint32_t{S_IFDIR | 0755}))},
        {"StatxWithoutType", "statx-bad", statx_file,
         once({statx_request}, saying(statx_body(0xfff, 0644)))},
        {"StatxOfAnotherType", "statx-bad", statx_file,
         once({statx_request}, saying(statx_body(0xfff, S_IFDIR | 0755)))},
        {"StatxOfNothing", "statx-partial", statx_file,
         once({statx_request}, saying(statx_body(0, 0)))},
        {"StatxOfEverything", "accepted", statx_file,
         once({statx_request}, saying(statx_body(0xfff, S_IFREG | 0644)))},

        // Data and directories.
        {"WroteTooMuch", "write-too-much", write_file,
         once({FUSE_WRITE}, saying(Wire().u32(6).u32(0)))},
        {"WroteNothing", "write-nothing", write_file,
         once({FUSE_WRITE}, saying(Wire().u32(0).u32(0)))},
        {"CopiedTooMuch", "copy-too-much", copy_file,
         once({FUSE_COPY_FILE_RANGE, copy_file_range_64}, saying(Wire().u64(101)))},
        {"ShortRead", "accepted", read_file, once({FUSE_READ}, longer(-90))},
        {"FirstDirentWithSlash", "dirent-bad", list_directory,
         once({FUSE_READDIR}, saying(dirent(5, 1, "a/b")))},
        {"FirstDirentWithoutName", "dirent-bad", list_directory,
         once({FUSE_READDIR}, saying(dirent(5, 1, "")))},
        {"LaterDirentWithSlash", "dirent-bad-later", list_directory,
         once({FUSE_READDIR}, saying(three_dirents(dirent(5, 2, "a/b"))))},
        {"LastDirentCut", "dirent-cut", list_directory,
         once({FUSE_READDIR},
              saying(Wire().append(dirent(5, 1, "a")).u64(5).u64(2).u32(99).u32(8)))},
        about_readdirplus("PlusOfTheRoot", "direntplus-forgotten",
                          direntplus(root, S_IFREG | 0644, "a")),
        about_readdirplus("PlusWithoutType", "direntplus-forgotten", direntplus(55, 0644, "a")),
        about_readdirplus("PlusOfDot", "direntplus-dot", direntplus(55, S_IFDIR | 0755, ".")),
        about_readdirplus("PlusWithSlash", "dirent-bad", direntplus(55, S_IFREG | 0644, "a/b")),
        {"XattrListWithoutNul", "xattr-list-bad", list_attributes,
         once({FUSE_LISTXATTR}, saying(Wire().text("user.a")))},
        {"XattrListWithEmptyName", "xattr-list-bad", list_attributes,
         once({FUSE_LISTXATTR}, saying(Wire().name("user.a").zeros(1)))},
        {"XattrSizeHuge", "xattr-size-clamped", ask_attribute_size,
         once({FUSE_GETXATTR}, saying(Wire().u32(100'000).u32(0)))},
        {"SeekBeyondAllFiles", "lseek-out-of-range", seek_file,
         once({FUSE_LSEEK}, saying(Wire().u64(too_large)))},
        {"SeekBackwards", "accepted", seek_file, once({FUSE_LSEEK}, saying(Wire().u64(3)))},
        about_lock("LockOfNoType", "lock-bad", Wire().u64(0).u64(9).u32(77).u32(1)),
        about_lock("LockThatEndsBeforeItStarts", "lock-bad",
                   Wire().u64(9).u64(3).u32(F_WRLCK).u32(1)),
        {"IoctlRetry", "ioctl-retry-forbidden", ioctl_file,
         once({FUSE_IOCTL}, saying(Wire().u32(0).u32(FUSE_IOCTL_RETRY).u32(0).u32(0)))},
        {"IoctlTooLong", "ioctl-too-long", ioctl_file,
         once({FUSE_IOCTL}, saying(Wire().zeros(16 + 9)))},
        {"IoctlResult", "ioctl-result", ioctl_file,
         once({FUSE_IOCTL}, saying(Wire().u32(static_cast<std::uint32_t>(-EDOM)).zeros(12)))},

        // Open files.
        {"PassthroughUninvited", "passthrough-refused", open_file,
         once({FUSE_OPEN}, changed(fopen_flags, std::uint32_t{1u << 7}))},
        {"DirectDirectory", "directory-direct-io", open_directory,
         once({FUSE_OPENDIR}, changed(fopen_flags, std::uint32_t{FOPEN_DIRECT_IO}))},
        {"ParallelWritesAlone", "parallel-without-direct-io", open_file,
         once({FUSE_OPEN}, changed(fopen_flags, std::uint32_t{1u << 6}))},
        {"UnknownOpenFlags", "fopen-unknown", open_file,
         once({FUSE_OPEN}, changed(fopen_flags, std::uint32_t{1u << 20 | FOPEN_DIRECT_IO}))},
        {"IdleBackingFile", "backing-id-ignored", open_file,
         once({FUSE_OPEN}, changed(fopen_flags + 4, std::uint32_t{3}))},

        // Notifications.
        about_notification("NotifyCode99", "notify-code-unknown", 99, Wire()),
        about_notification("NotifyCodeBelowZero", "notify-code-unknown", -3, Wire()),
        about_notification("NotifyPollTooShort", "notify-too-short", notify_poll, Wire().u32(0)),
        about_notification("NotifyInvalEntryTooShort", "notify-too-short", inval_entry,
                           Wire().u64(root)),
        about_notification("NotifyNameTooLong", "notify-name-too-long", inval_entry,
                           entry_body(root, std::string(5000, 'n'), 5000)),
        about_notification("NotifyNamelenWrong", "notify-size-wrong", inval_entry,
                           entry_body(root, "file0", 4)),
        about_notification("NotifyInvalInodeTooLong", "notify-size-wrong", inval_inode,
                           inode_body(file0).u64(0)),
        about_notification("NotifyStoreSizeWrong", "notify-size-wrong", store,
                           store_body(file0, 9, "123")),
        about_notification("NotifyUnknownNode", "notify-node-unknown", inval_inode,
                           inode_body(nowhere)),
        about_notification("NotifyUnknownParent", "notify-node-unknown", inval_entry,
                           entry_body(nowhere, "file0", 5)),
        about_notification("NotifyStoreUnknownNode", "notify-node-unknown", store,
                           store_body(nowhere, 3, "123")),
        about_notification("NotifyRetrieveUnknownNode", "notify-node-unknown", retrieve,
                           retrieve_body(nowhere)),
        about_notification("NotifyParentIsAFile", "notify-parent-not-directory", inval_entry,
                           entry_body(file0, "file0", 5)),
        about_notification("NotifyDeleteOfAnotherChild", "notify-other-child", delete_entry,
                           delete_body(root, nowhere, "file1")),
        about_notification("NotifyUnknownName", "notify-name-unknown", inval_entry,
                           entry_body(root, "never", 5)),
        about_notification("NotifyInvalInode", "accepted", inval_inode, inode_body(file0)),
        about_notification("NotifyInvalEntry", "accepted", inval_entry,
                           entry_body(root, "file1", 5)),
        about_notification("NotifyDelete", "accepted", delete_entry,
                           delete_body(root, file1, "file1")),
        about_notification("NotifyStore", "accepted", store, store_body(file0, 3, "123")),
        about_notification("NotifyRetrieve", "accepted", retrieve, retrieve_body(file0)),
        about_notification("NotifyPollOfNobody", "accepted", notify_poll, Wire().u64(77)),
    };
}

} // namespace

void PrintTo(const VerdictCase& one, std::ostream* out) {
    *out << one.row;
}

std::span<const VerdictCase> verdict_cases() {
    static const std::vector<VerdictCase> cases = all_cases();
    return cases;
}

} // namespace fusewire::live_test

#include "tests/dissector/sample_messages.h"

namespace fusewire::testing {

namespace {

// Appends exchanges; the bodies are written in one byte order.
class Samples {
  public:
    explicit Samples(ByteOrder order) : order_(order) {}

    Wire body() const { return Wire(order_); }
    Wire entry() const { return entry_bytes(order_); }
    Wire open() const { return open_bytes(order_); }

    void sample(const char* name, std::uint32_t opcode, const Wire& in, const Wire& out,
                std::size_t extensions = 0) {
        list_.push_back({name, request_bytes(opcode, in, {}, extensions), reply_bytes(out)});
    }
    void sample_in(DialectName dialect, const char* name, std::uint32_t opcode, const Wire& in,
                   const Wire& out) {
        sample(name, opcode, in, out);
        list_.back().dialect.name = dialect;
    }
    void alone(const char* name, std::uint32_t opcode, const Wire& in) {
        list_.push_back({name, request_bytes(opcode, in), {}});
    }
    void failure(const char* name, std::uint32_t opcode, const Wire& in, std::int32_t error) {
        list_.push_back({name, request_bytes(opcode, in), reply_bytes(body(), error)});
    }
    void notify(const char* name, std::int32_t code, const Wire& out) {
        list_.push_back({name, {}, notification_bytes(code, out)});
    }
    std::vector<Sample> take() { return std::move(list_); }

  private:
    ByteOrder order_;
    std::vector<Sample> list_;
};

Wire read_in(const Samples& s) {
    return s.body().u64(5).u64(4096).u32(8192).u32(2).u64(0x1122334455667788).u32(0100002).u32(0);
}

Wire lock(const Samples& s) {
    return s.body().u64(100).u64(199).u32(1).u32(4242);
}

Wire statx_out(const Samples& s) {
    Wire out = s.body();
    out.u64(1).u32(2).u32(0).zeros(16);
    out.u32(0xfff).u32(4096).u64(0x10).u32(1).u32(1000).u32(1001).u16(0100644).u16(0);
    out.u64(66).u64(5).u64(8).u64(0x3ff);
    for (std::uint64_t time = 1; time <= 4; ++time)
        out.u64(time * 1000).u32(time).u32(0);
    return out.u32(8).u32(1).u32(259).u32(2).zeros(112);
}

Wire dirent(const Samples& s, std::uint64_t ino, std::uint64_t off, std::string_view name) {
    return s.body().u64(ino).u64(off).u32(name.size()).u32(8).text(name);
}

// A security context, then one group.
Wire extensions(const Samples& s) {
    Wire secctx = s.body();
    secctx.u32(7).u32(0).name("security.selinux").text("ctx:a:b").pad8();
    Wire out = s.body();
    out.u32(8 + secctx.size()).u32(1).append(secctx);
    return out.u32(16).u32(32).u32(1).u32(1005);
}

void add_lookups(Samples& s) {
    s.sample("LOOKUP", 1, s.body().name("file.txt"), s.entry());
    s.failure("LOOKUP of nothing", 1, s.body().name("nothing"), -2);
    s.alone("FORGET", 2, s.body().u64(3));
    s.alone("BATCH_FORGET", 42, s.body().u32(2).u32(0).u64(66).u64(1).u64(67).u64(2));
}

void add_attributes(Samples& s) {
    const Wire attr_out = s.body().u64(1).u32(2).u32(0).append(attr_bytes(s.body().order()));
    s.sample("GETATTR", 3, s.body().u32(1).u32(0).u64(5), attr_out);
    s.sample("SETATTR", 4,
             s.body()
                 .u32(0x8a9)
                 .u32(0)
                 .u64(5)
                 .u64(123)
                 .u64(9)
                 .u64(1000)
                 .u64(2000)
                 .u64(3000)
                 .u32(1)
                 .u32(2)
                 .u32(3)
                 .u32(0100600)
                 .u32(0)
                 .u32(1000)
                 .u32(1001)
                 .u32(0),
             attr_out);
    s.sample("READLINK", 5, s.body(), s.body().text("../elsewhere"));
    s.sample("STATX", 52, s.body().u32(1).u32(0).u64(5).u32(0).u32(0xfff), statx_out(s));
}

void add_creations(Samples& s) {
    const Wire ext = extensions(s);
    const Wire created = s.entry().append(s.open());
    s.sample("SYMLINK", 6, s.body().name("link").name("../target"), s.entry());
    s.sample("SYMLINK with extensions", 6, s.body().name("link").name("../target").append(ext),
             s.entry(), ext.size());
    s.sample("MKNOD", 8, s.body().u32(0020600).u32(0x0103).u32(022).u32(0).name("tty"), s.entry());
    s.sample("MKDIR", 9, s.body().u32(0755).u32(022).name("dir").append(ext), s.entry(),
             ext.size());
    s.sample("UNLINK", 10, s.body().name("file.txt"), s.body());
    s.sample("RMDIR", 11, s.body().name("dir"), s.body());
    s.sample("RENAME", 12, s.body().u64(34).name("old").name("new"), s.body());
    s.sample("LINK", 13, s.body().u64(66).name("another"), s.entry());
    s.sample("CREATE", 35, s.body().u32(0100102).u32(0100644).u32(022).u32(1).name("f").append(ext),
             created, ext.size());
    s.sample("CREATE of 7.36, secctx without total_extlen", 35,
             s.body().u32(0100102).u32(0100644).u32(022).u32(0).name("f").u32(8).u32(0), created);
    s.sample("RENAME2", 45, s.body().u64(34).u32(2).u32(0).name("old").name("new"), s.body());
    s.sample("TMPFILE", 51, s.body().u32(020200002).u32(0100600).u32(022).u32(0).name("/"),
             created);
}

void add_open_files(Samples& s) {
    const Wire release = s.body().u64(5).u32(0100002).u32(2).u64(9);
    const Wire fsync = s.body().u64(5).u32(1).u32(0);
    s.sample("OPEN", 14, s.body().u32(0100001).u32(1), s.open());
    s.sample("RELEASE", 18, release, s.body());
    s.sample("FSYNC", 20, fsync, s.body());
    s.sample("FLUSH", 25, s.body().u64(5).u32(0).u32(0).u64(9), s.body());
    s.sample("OPENDIR", 27, s.body().u32(0200000).u32(0), s.open());
    s.sample("RELEASEDIR", 29, release, s.body());
    s.sample("FSYNCDIR", 30, fsync, s.body());
}

void add_data(Samples& s) {
    s.sample("READ", 15, read_in(s), s.body().text("hello"));
    s.sample("WRITE", 16,
             s.body().u64(5).u64(4096).u32(5).u32(2).u64(9).u32(0100001).u32(0).text("hello"),
             s.body().u32(5).u32(0));
    s.sample("FALLOCATE", 43, s.body().u64(5).u64(4096).u64(8192).u32(3).u32(0), s.body());
    s.sample("LSEEK", 46, s.body().u64(5).u64(4096).u32(3).u32(0), s.body().u64(8192));
    const Wire copy = s.body().u64(5).u64(1).u64(67).u64(6).u64(2).u64(4096).u64(0);
    s.sample("COPY_FILE_RANGE", 47, copy, s.body().u32(4096).u32(0));
    s.sample("COPY_FILE_RANGE_64", 53, copy, s.body().u64(4096));
}

void add_directories(Samples& s) {
    Wire plain = s.body();
    Wire plus = s.body();
    std::uint64_t off = 0;
    for (const char* name : {".", "..", "a-longer-name", "eightlet"}) {
        plain.append(dirent(s, 60 + off, off + 1, name)).pad8();
        plus.append(s.entry()).append(dirent(s, 60 + off, off + 1, name)).pad8();
        ++off;
    }
    s.sample("READDIR", 28, read_in(s), plain);
    s.sample("READDIR at the end", 28, read_in(s), s.body());
    s.sample("READDIRPLUS", 44, read_in(s), plus);
}

void add_xattrs(Samples& s) {
    s.sample("SETXATTR", 21, s.body().u32(5).u32(1).u32(1).u32(0).name("user.k").text("value"),
             s.body());
    s.sample("SETXATTR, short struct", 21, s.body().u32(5).u32(1).name("user.k").text("value"),
             s.body());
    s.sample("GETXATTR", 22, s.body().u32(64).u32(0).name("user.k"), s.body().text("value"));
    s.sample("GETXATTR size", 22, s.body().u32(0).u32(0).name("user.k"), s.body().u32(5).u32(0));
    s.sample("LISTXATTR", 23, s.body().u32(64).u32(0), s.body().name("user.k").name("user.other"));
    s.sample("LISTXATTR size", 23, s.body().u32(0).u32(0), s.body().u32(18).u32(0));
    s.sample("REMOVEXATTR", 24, s.body().name("user.k"), s.body());
}

void add_locks(Samples& s) {
    const Wire lk_in = s.body().u64(5).u64(9).append(lock(s)).u32(1).u32(0);
    s.sample("GETLK", 31, lk_in, lock(s));
    s.sample("SETLK", 32, lk_in, s.body());
    s.sample("SETLKW", 33, lk_in, s.body());
}

void add_control(Samples& s) {
    s.sample("STATFS", 17, s.body(),
             s.body()
                 .u64(1000)
                 .u64(900)
                 .u64(800)
                 .u64(100)
                 .u64(90)
                 .u32(4096)
                 .u32(255)
                 .u32(512)
                 .u32(0)
                 .zeros(24));
    s.sample("ACCESS", 34, s.body().u32(6).u32(0), s.body());
    s.sample("BMAP", 37, s.body().u64(7).u32(4096).u32(0), s.body().u64(1007));
    s.sample("IOCTL", 39,
             s.body().u64(5).u32(0).u32(0x5401).u64(0x7ffe0000).u32(4).u32(8).text("abcd"),
             s.body().u32(static_cast<std::uint32_t>(-25)).u32(0).u32(0).u32(0).text("12345678"));
    s.sample("IOCTL, asked again", 39,
             s.body().u64(5).u32(2).u32(0x5401).u64(0x7ffe0000).u32(0).u32(0),
             s.body()
                 .u32(0)
                 .u32(4)
                 .u32(1)
                 .u32(2)
                 .u64(0x1000)
                 .u64(16)
                 .u64(0x2000)
                 .u64(32)
                 .u64(0x3000)
                 .u64(48));
    s.sample("POLL", 40, s.body().u64(5).u64(77).u32(1).u32(0x41), s.body().u32(0x41).u32(0));
    s.sample("SYNCFS", 50, s.body().u64(0), s.body());
    s.sample("SETUPMAPPING", 48,
             s.body().u64(~std::uint64_t{0}).u64(0x200000).u64(0x200000).u64(3).u64(0), s.body());
    s.sample("REMOVEMAPPING", 49, s.body().u32(2).u64(0).u64(0x200000).u64(0x400000).u64(0x200000),
             s.body());
}

void add_connection(Samples& s) {
    s.sample("INIT", 26, s.body().u32(7).u32(46).u32(131072).u32(0x73fffffb).u32(0x5dd).zeros(44),
             s.body()
                 .u32(7)
                 .u32(45)
                 .u32(65536)
                 .u32(0x40000029)
                 .u16(12)
                 .u16(9)
                 .u32(131072)
                 .u32(1)
                 .u16(256)
                 .u16(0)
                 .u32(0x1)
                 .u32(1)
                 .u16(30)
                 .zeros(22));
    s.sample("INIT of 7.8", 26, s.body().u32(7).u32(8).u32(131072).u32(3),
             s.body().u32(7).u32(8).u32(65536).u32(1).u32(0).u32(4096));
    s.sample("INIT of 7.2", 26, s.body().u32(7).u32(2), s.body().u32(7).u32(2));
    s.alone("INTERRUPT", 36, s.body().u64(10));
    s.sample("DESTROY", 38, s.body(), s.body());
    s.alone("NOTIFY_REPLY", 41,
            s.body().u64(0).u64(4096).u32(5).u32(0).u64(0).u64(0).text("hello"));
    s.sample("CUSE_INIT", 4096, s.body().u32(7).u32(46).u32(0).u32(1),
             s.body()
                 .u32(7)
                 .u32(46)
                 .u32(0)
                 .u32(1)
                 .u32(131072)
                 .u32(131072)
                 .u32(0)
                 .u32(0)
                 .zeros(40)
                 .name("DEVNAME=null0")
                 .name("MODE=0600"));
}

void add_notifications(Samples& s) {
    s.notify("POLL", 1, s.body().u64(77));
    s.notify("INVAL_INODE", 2, s.body().u64(66).u64(static_cast<std::uint64_t>(-1)).u64(0));
    s.notify("INVAL_ENTRY", 3, s.body().u64(33).u32(8).u32(1).name("file.txt"));
    s.notify("STORE", 4, s.body().u64(66).u64(4096).u32(5).u32(0).text("hello"));
    s.notify("RETRIEVE", 5, s.body().u64(0x7001).u64(66).u64(4096).u32(5).u32(0));
    s.notify("DELETE", 6, s.body().u64(33).u64(66).u32(8).u32(0).name("file.txt"));
    s.notify("RESEND", 7, s.body());
    s.notify("INC_EPOCH", 8, s.body());
    s.notify("PRUNE", 9, s.body().u32(3).u32(0).u64(0).u64(66).u64(67).u64(68));
}

// LOOKUP_HANDLE and STATX, MKOBJ_HANDLE, STATX and OPEN, as the RFC's kernel sends them.
void add_compounds(Samples& s) {
    const Wire handle_ext = s.body().u32(24).u32(33).u16(12).text("parenthandle").zeros(2);
    const Wire statx_in = s.body().zeros(20).u32(0xfff);
    const Wire entry2 =
        s.body().u64(66).u64(7).u64(1).u32(0).u32(0).u64(0).u16(12).text("childhandle!");
    const RequestHeader parent{.unique = 0};
    const RequestHeader placeholder{.unique = 0, .nodeid = 1};
    const Buffer statx = request_bytes(52, statx_in, placeholder);
    s.sample("COMPOUND lookup", 54,
             s.body()
                 .u32(2)
                 .u32(0)
                 .u32(458)
                 .u32(0)
                 .u64(0)
                 .append(request_bytes(55, s.body().name("file.txt").append(handle_ext), parent))
                 .append(statx),
             s.body()
                 .u32(2)
                 .u32(0)
                 .u64(0)
                 .append(reply_bytes(entry2, 0, 0))
                 .append(reply_bytes(statx_out(s), 0, 0)));
    s.sample("COMPOUND create", 54,
             s.body()
                 .u32(3)
                 .u32(2)
                 .u32(474)
                 .u32(0)
                 .u64(0)
                 .append(request_bytes(
                     56, s.body().u32(0100102).u32(0100644).u32(022).u32(0).name("f"), parent))
                 .append(statx)
                 .append(request_bytes(14, s.body().u32(2).u32(0), placeholder)),
             s.body()
                 .u32(3)
                 .u32(0)
                 .u64(0)
                 .append(reply_bytes(entry2, 0, 0))
                 .append(reply_bytes(statx_out(s), 0, 0))
                 .append(reply_bytes(s.open(), 0, 0)));
    s.sample("COMPOUND that failed inside", 54,
             s.body()
                 .u32(2)
                 .u32(0)
                 .u32(458)
                 .u32(0)
                 .u64(0)
                 .append(request_bytes(55, s.body().name("file.txt"), parent))
                 .append(statx),
             s.body()
                 .u32(2)
                 .u32(0)
                 .u64(0)
                 .append(reply_bytes(s.body(), -2, 0))
                 .append(reply_bytes(s.body(), -2, 0)));
}

// { u32 size, u32 type, bytes }
Wire fhandle_v2(const Samples& s) {
    return s.body().u32(5).u32(0x81).text("abcde");
}

void add_lookup_handle_v2(Samples& s) {
    const DialectName v2 = DialectName::lookup_handle_v2;
    const Wire entry = s.body().append(s.entry()).append(fhandle_v2(s));
    const Wire create_in = s.body().u32(0100102).u32(0100644).u32(022).u32(0).name("f");
    s.sample_in(v2, "LOOKUP_HANDLE v2", 54, s.body().name("file.txt"), entry);
    s.sample_in(v2, "LOOKUP_HANDLE v2 with its parent's", 54,
                s.body().name("file.txt").append(fhandle_v2(s)), entry);
    s.sample_in(v2, "MKDIR v2", 9, s.body().u32(0755).u32(022).name("dir").append(fhandle_v2(s)),
                entry);
    s.sample_in(v2, "CREATE v2", 35, create_in, s.body().append(entry).append(s.open()));
    s.sample_in(v2, "INIT v2", 26, s.body().u32(7).u32(45).u32(0).u32(0).u32(0).zeros(44),
                s.body().u32(7).u32(45).zeros(34).u16(128).zeros(20));
}

void add_other_compounds(Samples& s) {
    const RequestHeader file{.unique = 0};
    const Buffer open = request_bytes(14, s.body().u32(2).u32(0), file);
    const Buffer getattr = request_bytes(3, s.body().zeros(16), file);
    const Wire with_count =
        s.body().u32(2).u32(0).u32(120).u32(0).u64(0).append(open).append(getattr);
    const Wire replies =
        s.body()
            .append(reply_bytes(s.open(), 0, 0))
            .append(reply_bytes(s.body().u64(1).u32(2).u32(0).append(attr_bytes(s.body().order())),
                                0, 0));
    const Wire counted = s.body().u32(2).u32(0).u64(0).append(replies);
    s.sample_in(DialectName::compound_rfc, "COMPOUND 101", 101, with_count, counted);
    s.sample_in(DialectName::compound_rfc, "DLM_WB_LOCK", 100,
                s.body().u64(5).u64(0).u64(4095).u32(1).u32(0), s.body().u64(0).u64(4095).u64(0));
    s.sample_in(DialectName::compound_v4, "COMPOUND v4", 54, with_count, counted);
    s.sample_in(DialectName::compound_v5, "COMPOUND v5", 54, with_count, counted);
    s.sample_in(DialectName::compound_v6, "COMPOUND v6", 54,
                s.body().u32(5).u32(120).u64(0).append(open).append(getattr),
                s.body().u32(0).u32(0).u64(0).append(replies));
    for (const std::size_t padding : {0u, 4u}) // behind the 4 bytes that are known
        for (const auto& [dialect, opcode] :
             {std::pair(DialectName::compound_v7, 54u), std::pair(DialectName::fusex_b, 60u)})
            s.sample_in(dialect, "COMPOUND with dependencies", opcode,
                        s.body()
                            .zeros(16)
                            .number(0xff, 1)
                            .zeros(3 + padding)
                            .append(open)
                            .zeros(4 + padding)
                            .append(getattr),
                        s.body().zeros(16).append(replies));
}

// struct fuse_statx, as it stands behind the 32 bytes that a STATX reply begins with.
Wire statx(const Samples& s) {
    const Buffer whole = statx_out(s).bytes();
    return s.body().append(Buffer(whole.begin() + 32, whole.end()));
}

void add_fusex(Samples& s) {
    const Wire entryx = s.body().u64(66).u64(1).u32(2).u32(0).u64(0);
    for (const DialectName fusex : {DialectName::fusex_a, DialectName::fusex_b}) {
        s.sample_in(fusex, "LOOKUP_ROOT", 54, s.body(), entryx);
        s.sample_in(fusex, "LOOKUPX", 55, s.body().name("file.txt"), entryx);
        s.sample_in(fusex, "SETSTATX", 58, s.body().u64(5).u32(1).u32(0).append(statx(s)),
                    statx_out(s));
        s.sample_in(fusex, "LINK without entry", 13, s.body().u64(66).name("other"), s.body());
    }
    const Wire strings = s.body().name("link").name("target");
    s.sample_in(DialectName::fusex_a, "MKOBJX first form", 56,
                s.body().append(statx(s)).u32(5).u32(0).zeros(56).append(strings), entryx);
    s.sample_in(DialectName::fusex_b, "MKOBJX", 56,
                s.body().u32(5).u32(0).zeros(56).append(statx(s)).append(strings), entryx);
    s.sample_in(DialectName::fusex_b, "MKOBJX without a name", 56,
                s.body().u32(1).u32(1).zeros(56).append(statx(s)).name(""), entryx);
}

} // namespace

std::vector<Sample> sample_messages(ByteOrder order) {
    Samples samples(order);
    for (auto* add :
         {add_lookups, add_attributes, add_creations, add_open_files, add_data, add_directories,
          add_xattrs, add_locks, add_control, add_connection, add_notifications, add_compounds,
          add_lookup_handle_v2, add_other_compounds, add_fusex})
        add(samples);
    return samples.take();
}

} // namespace fusewire::testing

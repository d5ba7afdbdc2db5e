// Each row of the verdicts, with a message that it is about and one that only looks like it.
#include "dissector/checker.h"
#include "dissector/render/verdict.h"
#include "dissector/verdict.h"
#include "tests/dissector/records.h"

#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <set>

namespace fusewire {
namespace {

using testing::record_of;
using testing::reply;
using testing::Wire;

constexpr std::uint64_t unique = 100;
constexpr std::uint32_t regular = 0100644, directory = 0040755, symlink = 0120777;
constexpr std::uint64_t too_large = std::uint64_t{1} << 63;

Wire request(Op op, std::uint64_t of, std::uint64_t nodeid, const Wire& body = Wire()) {
    return testing::request(static_cast<std::uint32_t>(op), of, nodeid, body);
}

struct EntryFacts {
    std::uint64_t nodeid = 5;
    std::uint64_t generation = 1;
    std::uint32_t mode = regular;
    std::uint64_t size = 0;
    std::uint32_t nsec = 0;
};
Wire attr(std::uint32_t mode, std::uint64_t size = 0) {
    return Wire().u64(5).u64(size).zeros(44).u32(mode).u32(1).zeros(20);
}
Wire entry(EntryFacts facts = {}) {
    Wire wire;
    wire.u64(facts.nodeid).u64(facts.generation).u64(0).u64(0).u32(facts.nsec).u32(0);
    return wire.append(attr(facts.mode, facts.size));
}
Wire attr_out(std::uint32_t mode, std::uint64_t size = 0) {
    return Wire().zeros(16).append(attr(mode, size));
}
Wire statx_out(std::uint32_t mask, std::uint32_t mode, std::uint64_t size = 0) {
    Wire wire;
    wire.zeros(32).u32(mask).u32(4096).u64(0).u32(1).zeros(8).u16(mode).u16(0).u64(5).u64(size);
    return wire.zeros(208);
}
Wire open_out(std::uint32_t flags = 0, std::uint32_t backing = 0) {
    return Wire().u64(7).u32(flags).u32(backing);
}

// INIT as it went before the message, and what else.
constexpr std::uint32_t kernel_minor = 46, init_ext = 1u << 30;
Wire init_request() {
    return request(Op::init, 2, 0, Wire().u32(7).u32(kernel_minor).u32(0).u32(init_ext).zeros(48));
}
struct InitFacts {
    std::uint32_t major = 7, minor = 45, flags = 0, max_write = 4096, time_gran = 1, flags2 = 0,
                  depth = 0;
};
Wire init_out(InitFacts facts = {}) {
    Wire wire;
    wire.u32(facts.major).u32(facts.minor).u32(0).u32(facts.flags).u32(0).u32(facts.max_write);
    wire.u32(facts.time_gran).u32(0).u32(facts.flags2).u32(facts.depth);
    return wire.zeros(24);
}

class Conversation {
  public:
    explicit Conversation(DialectName dialect) { checker_.force_dialect(dialect); }

    Conversation& ask(const Wire& wire) { return see(wire, Direction::request); }
    Conversation& answer(const Wire& wire) { return see(wire, Direction::reply); }
    Verdict verdict() const { return checker_.verdict(); }

    Transport transport = Transport::read_write;

  private:
    Conversation& see(const Wire& wire, Direction direction) {
        kept_.push_back(wire);
        Record record = record_of(kept_.back(), direction, 0, kept_.size());
        record.transport = transport;
        checker_.see(record, message_, exchange_);
        return *this;
    }

    Checker checker_;
    std::deque<Wire> kept_;
    Message message_;
    Exchange exchange_;
};

using Before = void (*)(Conversation& talk);

void nothing(Conversation&) {}
void begun_with(Conversation& talk, InitFacts facts) {
    talk.ask(init_request()).answer(reply(2, 0, init_out(facts)));
}
void begun(Conversation& talk) {
    begun_with(talk, {});
}
void looked_up(Conversation& talk, std::string_view name, EntryFacts facts) {
    talk.ask(request(Op::lookup, 10, 1, Wire().name(name))).answer(reply(10, 0, entry(facts)));
}
// "a" leads to file 5, "d" to directory 6.
void known(Conversation& talk) {
    begun(talk);
    looked_up(talk, "a", {});
    looked_up(talk, "d", {.nodeid = 6, .mode = directory});
}
void asked(Conversation& talk) {
    begun(talk);
    talk.ask(request(Op::getattr, unique, 1, Wire().zeros(16)));
}
void interrupted(Conversation& talk) {
    asked(talk);
    talk.ask(request(Op::interrupt, unique | 1, 0, Wire().u64(unique)));
}
void interrupted_and_answered(Conversation& talk) {
    interrupted(talk);
    talk.answer(reply(unique, 0, attr_out(directory)));
}
void answered(Conversation& talk) {
    asked(talk);
    talk.answer(reply(unique, 0, attr_out(directory)));
}
void over_ring(Conversation& talk) {
    begun(talk);
    talk.transport = Transport::io_uring;
}
void direct_io_open(Conversation& talk) {
    known(talk);
    talk.ask(request(Op::open, 12, 5, Wire().zeros(8))).answer(reply(12, 0, open_out(1)));
}

// LOOKUP_HANDLE RFC v3.
constexpr std::uint32_t flag_43 = 1u << 11;
struct Sub {
    Op op;
    std::uint64_t nodeid;
    Wire body;
};
Wire compound(std::uint32_t result_size, const std::vector<Sub>& subs) {
    Wire body;
    body.u32(subs.size()).u32(0).u32(result_size).u32(0).u64(0);
    for (const Sub& sub : subs)
        body.append(request(sub.op, 0, sub.nodeid, sub.body));
    return request(Op::compound, unique, 0, body);
}
Wire lookup_a() {
    return compound(458,
                    {{Op::lookup_handle, 1, Wire().name("a")}, {Op::statx, 1, Wire().zeros(24)}});
}
Wire create_a() {
    return compound(474, {{Op::mkobj_handle, 1, Wire().u32(2).u32(regular).zeros(8).name("a")},
                          {Op::statx, 1, Wire().zeros(24)},
                          {Op::open, 1, Wire().zeros(8)}});
}
Wire open_5() {
    return compound(120, {{Op::open, 5, Wire().zeros(8)}, {Op::getattr, 5, Wire().zeros(16)}});
}
Wire results(std::uint32_t count, const std::vector<Wire>& subs) {
    Wire body;
    body.u32(count).u32(0).u64(0);
    for (const Wire& sub : subs)
        body.append(sub);
    return reply(unique, 0, body);
}
Wire ok(const Wire& body) {
    return reply(0, 0, body);
}
Wire error(std::int32_t number) {
    return reply(0, number);
}
Wire entry2(std::uint64_t nodeid = 5, std::string_view handle = "hhhh",
            std::uint64_t generation = 1) {
    Wire wire;
    wire.u64(nodeid).u64(generation).zeros(24);
    return wire.u16(handle.size()).text(handle);
}
Wire found(const Wire& entry, std::uint32_t mode = regular, std::uint64_t size = 0) {
    return results(2, {ok(entry), ok(statx_out(0xfff, mode, size))});
}
Wire made(const Wire& entry, std::uint32_t mode = regular) {
    return results(3, {ok(entry), ok(statx_out(0xfff, mode)), ok(open_out())});
}
void handles(Conversation& talk) {
    begun_with(talk, {.minor = 46, .flags = init_ext, .flags2 = flag_43});
}
void handle_known(Conversation& talk) {
    handles(talk);
    talk.ask(lookup_a()).answer(found(entry2()));
}
// "b" leads to the same node, so that "a" is not cached.
void handle_known_elsewhere(Conversation& talk) {
    handles(talk);
    talk.ask(compound(
        458, {{Op::lookup_handle, 1, Wire().name("b")}, {Op::statx, 1, Wire().zeros(24)}}));
    talk.answer(found(entry2()));
}

struct Example {
    const char* row;
    Before before;
    std::optional<Wire> request; // none: a notification, or a reply to what went before
    Wire hit;                    // the message that the row is about
    Wire miss;                   // one that is almost the same
    DialectName dialect = DialectName::upstream;
};

Wire to(const Wire& body) {
    return reply(unique, 0, body);
}
Wire fails(std::int32_t number) {
    return reply(unique, -number);
}
Wire tell(std::int32_t code, const Wire& body) {
    return reply(0, code, body);
}
Wire about(Op op, const Wire& body = Wire(), std::uint64_t nodeid = 1) {
    return request(op, unique, nodeid, body);
}
Wire bad_len(Wire wire, std::uint64_t of = unique) {
    return Wire()
        .u32(wire.size() + 1)
        .u32(0)
        .u64(of)
        .append(std::vector<std::byte>(wire.bytes().begin() + 16, wire.bytes().end()));
}
Wire look(std::string_view name) {
    return about(Op::lookup, Wire().name(name));
}
Wire read_in(std::uint32_t size) {
    return Wire().u64(7).u64(0).u32(size).zeros(20);
}
Wire dirent(std::string_view name) {
    return Wire().u64(9).u64(1).u32(name.size()).u32(8).text(name).pad8();
}
Wire plus(std::uint64_t nodeid, std::uint32_t mode, std::string_view name) {
    return entry({.nodeid = nodeid, .mode = mode}).append(dirent(name));
}
Wire ioctl_in(std::uint32_t flags = 0) {
    return about(Op::ioctl, Wire().u64(7).u32(flags).u32(0).u64(0).u32(0).u32(8));
}
Wire ioctl_out(std::int32_t result, std::uint32_t flags = 0, std::uint32_t iovs = 0,
               std::size_t more = 0) {
    return to(
        Wire().u32(static_cast<std::uint32_t>(result)).u32(flags).u32(iovs).u32(0).zeros(more));
}
Wire lock(std::uint32_t type, std::uint64_t start, std::uint64_t end) {
    return to(Wire().u64(start).u64(end).u32(type).u32(0));
}
Wire name_body(std::uint64_t parent, std::string_view name, std::size_t namelen) {
    return Wire().u64(parent).u32(namelen).u32(0).name(name);
}

// Of every dialect whose layouts are in the tables.
std::vector<Example> examples() {
    constexpr auto v3 = DialectName::lookup_handle_v3;
    const Wire getattr = about(Op::getattr, Wire().zeros(16));
    const Wire found_dir = to(attr_out(directory));
    const Wire setlkw = about(Op::setlkw, Wire().zeros(48));
    const Wire listx = about(Op::listxattr, Wire().u32(50).u32(0));
    const Wire statx = about(Op::statx, Wire().zeros(24), 5);
    const Wire copy = about(Op::copy_file_range, Wire().zeros(40).u64(100).u64(0));
    const Wire read = about(Op::read, read_in(8), 5);
    const Wire list = about(Op::readdir, read_in(4096), 6);
    const Wire listplus = about(Op::readdirplus, read_in(4096), 6);
    const Wire mkdir = about(Op::mkdir, Wire().zeros(8).name("n"));
    const Wire create = about(Op::create, Wire().zeros(16).name("n"));
    return {
        {"ring-error-out-of-range", over_ring, getattr, fails(-1), fails(1)},
        {"ring-unique-wrong", over_ring, getattr,
         reply(unique | resend_bit, 0, attr_out(directory)), found_dir},
        {"ring-size-wrong", over_ring, getattr, to(Wire().zeros(8)), found_dir},
        {"ring-notification", over_ring, std::nullopt, tell(7, Wire()), reply(55)},
        {"len-wrong", begun, getattr, bad_len(found_dir), found_dir},
        {"error-out-of-range", begun, getattr, fails(512), fails(511)},
        {"resend-bit-wrong", begun, getattr, reply(unique | resend_bit, 0, attr_out(directory)),
         found_dir},
        {"interrupt-too-late", interrupted_and_answered, std::nullopt, reply(unique | 1, -11),
         reply(unique, -11)},
        {"interrupt-reply-long", interrupted, std::nullopt, reply(unique | 1, 0, Wire().u64(0)),
         reply(unique | 1, 0)},
        {"interrupt-unsupported", interrupted, std::nullopt, reply(unique | 1, -38),
         reply(unique, -38)},
        {"interrupt-reply-ignored", interrupted, std::nullopt, reply(unique | 1, -5),
         reply(unique, -5)},
        {"interrupt-again", interrupted, std::nullopt, reply(unique | 1, -11), reply(unique, -11)},
        {"interrupt-unasked", asked, std::nullopt, reply(unique | 1, -11), reply(unique | 1, -38)},
        {"error-with-payload", begun, getattr, reply(unique, -5, Wire().u64(0)), fails(5)},
        {"reply-size-wrong", begun, getattr, to(Wire().zeros(96)), found_dir},
        {"reply-too-long", known, read, to(Wire().zeros(9)), to(Wire().zeros(8))},
        {"reply-too-short", begun, std::nullopt, Wire().u32(8).u32(0), reply(55)},
        {"answered-before", answered, std::nullopt, reply(unique), reply(unique + 2)},
        {"nothing-waits", asked, std::nullopt, reply(unique + 2), found_dir},
        {"notify-len-wrong", begun, std::nullopt, bad_len(tell(7, Wire()), 0), tell(7, Wire())},

        {"release-error", known, about(Op::release, Wire().zeros(24), 5), fails(5), to(Wire())},
        {"init-error", nothing, init_request(), reply(2, -5), reply(2, 0, init_out())},
        {"name-dropped", known, look("a"), fails(2), fails(4)},
        {"negative-uncached", known, look("b"), fails(2), fails(13)},
        {"estale-walks-again", known, look("b"), fails(116), fails(5)},
        {"enosys-open", known, about(Op::open, Wire().zeros(8), 5), fails(38), fails(5)},
        {"enosys-succeeds", known, about(Op::fsync, Wire().zeros(16), 5), fails(38), fails(5)},
        {"enosys-unsupported", known,
         about(Op::setxattr, Wire().u32(1).u32(0).name("user.a").text("v")), fails(38), fails(95)},
        {"enosys-create", begun, create, fails(38), fails(13)},
        {"enosys-statx", known, statx, fails(38), fails(13)},
        {"enosys-rename2", known, about(Op::rename2, Wire().u64(1).u64(2).name("a").name("b")),
         fails(38), fails(22)},
        {"enosys-link", known, about(Op::link, Wire().u64(5).name("b")), fails(38), fails(1)},
        {"enosys-lseek", known, about(Op::lseek, Wire().zeros(24), 5), fails(38), fails(6)},
        {"enosys-copy", known, copy, fails(38), fails(5)},
        {"copied-by-kernel", known, copy, fails(18), fails(5)},
        {"enosys-poll", known, about(Op::poll, Wire().zeros(24), 5), fails(38), fails(5)},
        {"poll-error", known, about(Op::poll, Wire().zeros(24), 5), fails(5), to(Wire().u64(0))},
        {"enosys-bmap", known, about(Op::bmap, Wire().zeros(16), 5), fails(38), fails(5)},
        {"enosys-ioctl", known, ioctl_in(), fails(38), fails(25)},
        {"lock-restarted", known, setlkw, fails(4), fails(11)},

        {"init-major", nothing, init_request(), reply(2, 0, init_out({.major = 8})),
         reply(2, 0, init_out())},
        {"init-idmap", nothing, init_request(),
         reply(2, 0, init_out({.flags = init_ext, .flags2 = 1u << 8})),
         reply(2, 0, init_out({.flags = init_ext | 1u << 20, .flags2 = 1u << 8}))},
        {"init-minor-old", nothing, init_request(), reply(2, 0, init_out({.minor = 5})),
         reply(2, 0, init_out({.minor = 6}))},
        {"init-flags2-ignored", nothing, init_request(), reply(2, 0, init_out({.flags2 = 1})),
         reply(2, 0, init_out({.flags = init_ext, .flags2 = 1}))},
        {"init-passthrough-off", nothing, init_request(),
         reply(2, 0, init_out({.flags = init_ext, .flags2 = 1u << 5, .depth = 3})),
         reply(2, 0, init_out({.flags = init_ext, .flags2 = 1u << 5, .depth = 2}))},
        {"init-time-gran", nothing, init_request(),
         reply(2, 0, init_out({.time_gran = 1'000'000'001})),
         reply(2, 0, init_out({.time_gran = 1'000'000'000}))},
        {"init-max-write", nothing, init_request(), reply(2, 0, init_out({.max_write = 4095})),
         reply(2, 0, init_out({.max_write = 4096}))},

        {"name-gone", known, look("a"), to(entry({.nodeid = 0})), to(entry())},
        {"negative-cached", known, look("b"), to(entry({.nodeid = 0})), to(entry())},
        {"name-moved", known, look("a"), to(entry({.nodeid = 6, .mode = directory})), to(entry())},
        {"name-stale", known, look("a"), to(entry({.generation = 2})), to(entry())},
        {"entry-attributes-bad", known, look("b"), to(entry({.nodeid = 8, .mode = 0644})),
         to(entry({.nodeid = 8, .size = too_large - 1}))},
        {"root-made-bad", known, look("b"), to(entry({.nodeid = 1})),
         to(entry({.nodeid = 1, .mode = directory}))},
        {"root-as-child", known, look("b"), to(entry({.nodeid = 1, .mode = directory})),
         to(entry({.nodeid = 8, .mode = directory}))},
        {"created-nodeid-bad", known, mkdir, to(entry({.nodeid = 1, .mode = directory})),
         to(entry({.nodeid = 8, .mode = directory}))},
        {"created-attributes-bad", known, mkdir, to(entry({.nodeid = 8, .mode = 0755})),
         to(entry({.nodeid = 8, .mode = directory}))},
        {"created-type-wrong", known, mkdir, to(entry({.nodeid = 8, .mode = symlink})),
         to(entry({.nodeid = 8, .mode = directory}))},
        {"node-replaced", known, look("b"), to(entry({.generation = 2})), to(entry())},
        {"root-generation", known, look(".."), to(entry({.nodeid = 1, .mode = directory})),
         to(entry({.nodeid = 1, .generation = 0, .mode = directory}))},
        {"generation-cut", known, look("b"),
         to(entry({.generation = (std::uint64_t{1} << 32) + 1})), to(entry())},
        {"nanoseconds-clamped", known, look("b"), to(entry({.nsec = 1'000'000'000})),
         to(entry({.nsec = 999'999'999}))},
        {"handle-lost", handle_known, about(Op::link, Wire().u64(5).name("b")), to(entry()),
         to(entry({.nodeid = 8})), v3},
        {"handle-none", handle_known, mkdir, to(entry({.nodeid = 8, .mode = directory})),
         to(entry({.nodeid = 1, .mode = directory})), v3},

        {"attributes-bad", known, about(Op::getattr, Wire().zeros(16), 5),
         to(attr_out(regular, too_large)), to(attr_out(regular, too_large - 1))},
        {"type-changed", known, about(Op::getattr, Wire().zeros(16), 5), to(attr_out(symlink)),
         to(attr_out(regular))},
        {"statx-bad", known, statx, to(statx_out(0xfff, symlink)), to(statx_out(0xffe, symlink))},
        {"statx-partial", known, statx, to(statx_out(1, regular)), to(statx_out(0x7ff, regular))},

        {"write-too-much", known, about(Op::write, Wire().zeros(16).u32(2).zeros(20).text("ab"), 5),
         to(Wire().u64(3)), to(Wire().u64(2))},
        {"write-nothing", known, about(Op::write, Wire().zeros(16).u32(2).zeros(20).text("ab"), 5),
         to(Wire().u64(0)), to(Wire().u64(1))},
        {"copy-too-much", known, copy, to(Wire().u64(101)), to(Wire().u64(100))},
        {"dirent-bad", known, list, to(dirent("a/b")), to(dirent("a-b"))},
        {"dirent-bad-later", known, list, to(dirent("a").append(dirent(""))),
         to(dirent("a").append(dirent("b")))},
        {"dirent-cut", known, list, to(dirent("a").zeros(8)), to(dirent("a"))},
        {"direntplus-forgotten", known, listplus, to(plus(8, 0644, "n")),
         to(plus(8, regular, "n"))},
        {"direntplus-dot", known, listplus, to(plus(8, directory, "..")),
         to(plus(0, directory, ".."))},
        {"xattr-list-bad", known, listx, to(Wire().name("a").text("b")),
         to(Wire().name("a").name("b"))},
        {"xattr-size-clamped", known, about(Op::getxattr, Wire().u64(0).name("user.a")),
         to(Wire().u32(65537).u32(0)), to(Wire().u32(65536).u32(0))},
        {"lseek-out-of-range", known, about(Op::lseek, Wire().zeros(24), 5),
         to(Wire().u64(too_large)), to(Wire().u64(too_large - 1))},
        {"lock-bad", known, about(Op::getlk, Wire().zeros(48), 5), lock(1, 5, 4), lock(1, 5, 5)},
        {"ioctl-retry-forbidden", known, ioctl_in(), ioctl_out(0, 4), ioctl_out(0, 2)},
        {"ioctl-too-many-areas", known, ioctl_in(2), ioctl_out(0, 4, 257), ioctl_out(0, 4, 1, 16)},
        {"ioctl-areas-missing", known, ioctl_in(2), ioctl_out(0, 4, 2, 16), ioctl_out(0, 4, 1, 16)},
        {"ioctl-too-long", known, ioctl_in(), ioctl_out(0, 0, 0, 9), ioctl_out(0, 0, 0, 8)},
        {"ioctl-result", known, ioctl_in(), ioctl_out(-33), ioctl_out(33)},

        {"passthrough-refused", known, about(Op::open, Wire().zeros(8), 5),
         to(open_out(1u << 7, 3)), to(open_out(1))},
        {"directory-direct-io", known, about(Op::opendir, Wire().zeros(8), 6), to(open_out(1)),
         to(open_out(2))},
        {"parallel-without-direct-io", known, about(Op::open, Wire().zeros(8), 5),
         to(open_out(1u << 6)), to(open_out(1u << 6 | 1))},
        {"fopen-unknown", known, about(Op::open, Wire().zeros(8), 5), to(open_out(1u << 9)),
         to(open_out(1u << 8))},
        {"backing-id-ignored", known, about(Op::open, Wire().zeros(8), 5), to(open_out(0, 3)),
         to(open_out())},

        {"notify-code-unknown", begun, std::nullopt, tell(10, Wire()), tell(8, Wire())},
        {"notify-before-init", [](Conversation& talk) { talk.ask(init_request()); }, std::nullopt,
         tell(2, Wire().u64(1).zeros(16)), reply(2, 0, init_out())},
        {"notify-too-short", known, std::nullopt, tell(2, Wire().u64(5)),
         tell(2, Wire().u64(5).zeros(16))},
        {"notify-name-too-long", known, std::nullopt,
         tell(3, name_body(1, std::string(1025, 'n'), 1025)),
         tell(3, name_body(1, std::string(1024, 'n'), 1024))},
        {"notify-size-wrong", known, std::nullopt, tell(3, name_body(1, "abc", 2)),
         tell(3, name_body(1, "abc", 3))},
        {"notify-node-unknown", known, std::nullopt, tell(2, Wire().u64(77).zeros(16)),
         tell(2, Wire().u64(5).zeros(16))},
        {"notify-node-unsure", nothing, std::nullopt, tell(2, Wire().u64(77).zeros(16)),
         tell(2, Wire().u64(1).zeros(16))},
        {"notify-parent-not-directory", known, std::nullopt, tell(3, name_body(5, "abc", 3)),
         tell(3, name_body(6, "abc", 3))},
        {"notify-not-regular", known, std::nullopt, tell(4, Wire().u64(6).u64(0).u64(0)),
         tell(4, Wire().u64(5).u64(0).u64(0))},
        {"notify-other-child", known, std::nullopt,
         tell(6, Wire().u64(1).u64(6).u32(1).u32(0).name("a")),
         tell(6, Wire().u64(1).u64(5).u32(1).u32(0).name("a"))},
        {"notify-name-unknown", known, std::nullopt, tell(3, name_body(1, "zzz", 3)),
         tell(3, name_body(1, "a", 1))},

        {"compound-open-declined", handle_known, open_5(), fails(38), fails(5), v3},
        {"compound-no-fallback", handles, lookup_a(), fails(38), fails(5), v3},
        {"compound-cut", handles, lookup_a(), results(2, {ok(entry2())}), found(entry2()), v3},
        {"sub-error-out-of-range", handles, lookup_a(), results(2, {error(2), error(-2)}),
         results(2, {error(-4095), error(-2)}), v3},
        {"handle-name-dropped", handle_known, lookup_a(), results(1, {error(-2)}), found(entry2()),
         v3},
        {"handle-negative", handles, lookup_a(), results(1, {error(-2)}), results(1, {error(-13)}),
         v3},
        {"handle-statx-failed", handles, lookup_a(), results(2, {ok(entry2()), error(-13)}),
         found(entry2()), v3},
        {"mkobj-declined", handles, create_a(), results(1, {error(-38)}), results(1, {error(-13)}),
         v3},
        {"mkobj-partial", handles, create_a(), results(2, {ok(entry2()), error(-5)}),
         made(entry2()), v3},
        {"compound-open-refused", handle_known, open_5(), results(2, {ok(open_out()), error(-38)}),
         results(2, {ok(open_out()), error(-5)}), v3},
        {"compound-sub-failed", handle_known, open_5(), results(2, {ok(open_out()), error(-5)}),
         results(2, {ok(open_out()), ok(attr_out(regular))}), v3},
        {"compound-open-zeroed", handle_known, open_5(), results(1, {ok(open_out())}),
         results(2, {ok(open_out()), ok(attr_out(regular))}), v3},
        {"handle-name-gone", handle_known, lookup_a(), found(entry2(0)), found(entry2()), v3},
        {"negative-becomes-node", handles, lookup_a(), found(entry2(0)), found(entry2(0), 0), v3},
        {"negative-crashes", handles, lookup_a(), found(entry2(0), 0), results(1, {error(-2)}), v3},
        {"handle-root-made-bad", handles, lookup_a(), found(entry2(1)), found(entry2(1), directory),
         v3},
        {"handle-root-as-child", handles, lookup_a(), found(entry2(1), directory),
         found(entry2(5), directory), v3},
        {"mkobj-refused", handles, create_a(), made(entry2(), symlink), made(entry2()), v3},
        {"handle-name-unsound", handle_known, lookup_a(), found(entry2(), 0), found(entry2()), v3},
        {"statx-crashes", handles, lookup_a(), found(entry2(), 0), found(entry2()), v3},
        {"statx-size-bad", handles, lookup_a(), found(entry2(), regular, too_large),
         found(entry2(), regular, too_large - 1), v3},
        {"handle-missing", handles, lookup_a(), found(Wire().u64(5).u64(1).zeros(24)),
         found(entry2()), v3},
        {"handle-too-large", handles, lookup_a(),
         found(Wire().u64(5).u64(1).zeros(24).u16(129).zeros(128)),
         found(Wire().u64(5).u64(1).zeros(24).u16(128).zeros(128)), v3},
        {"handle-name-changed", handle_known, lookup_a(), found(entry2(5, "jjjj")), found(entry2()),
         v3},
        {"handle-node-replaced", handle_known_elsewhere, lookup_a(), found(entry2(5, "jjjj")),
         found(entry2()), v3},
        {"handle-runs-on", handles, lookup_a(),
         found(Wire().u64(5).u64(1).zeros(24).u16(64).zeros(10)),
         found(Wire().u64(5).u64(1).zeros(24).u16(10).zeros(64)), v3},

        {"error-passed-on", begun, getattr, fails(13), found_dir},
        {"accepted", begun, getattr, found_dir, fails(13)},
    };
}

Verdict verdict_on(const Example& example, const Wire& message) {
    Conversation talk(example.dialect);
    example.before(talk);
    if (example.request)
        talk.ask(*example.request);
    talk.answer(message);
    return talk.verdict();
}

std::string id_of(const Verdict& verdict) {
    return verdict.row == nullptr ? "none" : verdict.row->id;
}

TEST(Verdict, EachRowHoldsForItsExampleAndNotForItsNearMiss) {
    for (const Example& example : examples()) {
        EXPECT_EQ(id_of(verdict_on(example, example.hit)), example.row);
        EXPECT_NE(id_of(verdict_on(example, example.miss)), example.row);
    }
}

// These dialects have no layouts in the tables.
const std::set<std::string> of_other_dialects = {"compound-split",      "compound-declined",
                                                 "compound-cut-split",  "init-handles-off",
                                                 "handle-size-refused", "handle-changed-v2"};

TEST(Verdict, EveryRowHasAnExample) {
    std::set<std::string> shown = of_other_dialects;
    for (const Example& example : examples())
        EXPECT_TRUE(shown.insert(example.row).second) << example.row;
    std::set<std::string> rows;
    for (const VerdictRow* row : all_verdicts())
        rows.insert(row->id);
    EXPECT_EQ(shown, rows);
}

TEST(Verdict, RowsSayWhatHappensAndEndTheirWritesAsTheirOutcomeSays) {
    for (const VerdictRow* row : all_verdicts()) {
        EXPECT_STRNE(row->text, "") << row->id;
        const bool fails = row->outcome == Outcome::refused ||
                           row->outcome == Outcome::refused_kept ||
                           row->outcome == Outcome::unmatched;
        if (row->write_errno != VerdictRow::undefined) {
            EXPECT_EQ(row->write_errno != 0, fails) << row->id;
        }
    }
}

TEST(Verdict, TheCallerOfACachedNameIsAskedAgain) {
    const Example again{"", known, look("a"), reply(unique, -5, Wire().u64(0)), Wire()};
    EXPECT_EQ(verdict_on(again, again.hit).caller_errno, VerdictRow::undefined);
    const Example first{"", known, look("b"), reply(unique, -5, Wire().u64(0)), Wire()};
    EXPECT_EQ(verdict_on(first, first.hit).caller_errno, 5);
}

TEST(Verdict, OnlyDirectReadsTellTheirCallerOfErrors) {
    const Example cached{"", known, about(Op::read, read_in(8), 5), fails(13), Wire()};
    EXPECT_EQ(verdict_on(cached, cached.hit).caller_errno, VerdictRow::undefined);
    const Example direct{"", direct_io_open, about(Op::read, read_in(8), 5), fails(13), Wire()};
    EXPECT_EQ(verdict_on(direct, direct.hit).caller_errno, 13);
}

TEST(Verdict, AMalformedInitEndsTheConnection) {
    const Example init{"", nothing, init_request(), reply(2, 0, init_out().zeros(8)), Wire()};
    const Verdict verdict = verdict_on(init, init.hit);
    EXPECT_EQ(id_of(verdict), "reply-too-long");
    EXPECT_EQ(verdict.write_errno, 22);
    EXPECT_EQ(verdict.caller_errno, 111);
}

TEST(Verdict, AReplyWhoseRequestMayBeMissingHasNone) {
    const Example late{"", nothing, std::nullopt, reply(unique), Wire()};
    EXPECT_EQ(verdict_on(late, late.hit).row, nullptr);
}

TEST(Verdict, ARefusedReplyCanBeGivenAgain) {
    Conversation talk(DialectName::upstream);
    begun(talk);
    talk.ask(about(Op::getattr, Wire().zeros(16)));
    EXPECT_TRUE(talk.answer(fails(-2)).verdict().keeps_pending());
    EXPECT_TRUE(talk.answer(reply(unique | resend_bit)).verdict().keeps_pending());
    EXPECT_EQ(id_of(talk.answer(to(attr_out(directory))).verdict()), "accepted");
}

TEST(Verdict, WhatARefusedOpenHandsOutIsReleased) {
    const Example open{"", known, about(Op::open, Wire().zeros(8), 5), to(open_out(1u << 7)),
                       Wire()};
    EXPECT_TRUE(verdict_on(open, open.hit).keeps_results());
    const Example lost{"", known, look("b"), to(entry({.nodeid = 1})), Wire()};
    EXPECT_FALSE(verdict_on(lost, lost.hit).keeps_results());
}

TEST(VerdictViews, ALineIsMarkedOnlyWhenTheMessageDidNotDoWhatItSaid) {
    const auto mark_of = [](const Wire& message) {
        std::string mark;
        const Example lookup{"", known, look("b"), message, Wire()};
        append_verdict_mark(mark, verdict_on(lookup, message), {});
        return mark;
    };
    EXPECT_EQ(mark_of(to(entry({.nodeid = 8}))), "");
    EXPECT_EQ(mark_of(fails(13)), "");
    EXPECT_EQ(mark_of(fails(2)), "");
    EXPECT_EQ(mark_of(to(Wire())), " [kernel: refused, write EINVAL, caller EIO]");
    EXPECT_EQ(mark_of(fails(-1)), " [kernel: refused-kept, write EINVAL]");
    EXPECT_EQ(mark_of(to(entry({.nodeid = 1}))), " [kernel: inode-bad, caller EIO]");
}

TEST(VerdictViews, JsonHasNegativeErrnosAndNullForWhatVaries) {
    const auto json_of = [](const Wire& message) {
        std::string json;
        const Example lookup{"", known, look("b"), message, Wire()};
        append_verdict_json(json, verdict_on(lookup, message));
        return json;
    };
    EXPECT_EQ(json_of(to(entry({.nodeid = 8}))),
              R"({"id":"accepted","outcome":"accepted","write_error":0,"caller_error":0,)"
              R"("text":"taken as it is"})");
    EXPECT_TRUE(json_of(fails(-1)).find(R"("write_error":-22,"caller_error":null,)") !=
                std::string::npos);
    std::string none;
    append_verdict_json(none, {});
    EXPECT_EQ(none, "null");
}

TEST(VerdictViews, ThePageHasEveryRow) {
    const std::string page = verdict_page();
    for (const VerdictRow* row : all_verdicts())
        EXPECT_NE(page.find("| `" + std::string(row->id) + "` |"), std::string::npos) << row->id;
}

} // namespace
} // namespace fusewire

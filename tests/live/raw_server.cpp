#include "tests/live/raw_server.h"

#include "tests/live/device_io.h"
#include "tests/live/raw_tells.h"
#include "tests/live/uring_queues.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <system_error>

namespace fusewire::live_test {

namespace {

constexpr std::size_t request_room = 1u << 16; // beside the data of a WRITE

struct Answer {
    int error = 0;
    Buffer body;
    bool silent = false;      // this request has no reply
    std::vector<Buffer> then; // written after the reply
};

Answer refused(int error) {
    return {.error = -error};
}

Answer no_reply() {
    return {.silent = true};
}

template <class Struct>
void append(Buffer& to, const Struct& value) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    to.insert(to.end(), bytes.begin(), bytes.end());
}

void append_text(Buffer& to, std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    to.insert(to.end(), bytes.begin(), bytes.end());
}

void pad_to_8(Buffer& buffer) {
    buffer.resize((buffer.size() + 7) & ~std::size_t{7});
}

template <class Struct>
Answer answer_with(const Struct& value) {
    Answer answer;
    append(answer.body, value);
    return answer;
}

// The part of a request after its header, taken off piece by piece.
class Body {
  public:
    explicit Body(std::span<const std::byte> bytes) : bytes_(bytes) {}

    // Zeros where the request is shorter.
    template <class Struct>
    Struct take() {
        Struct value{};
        const std::size_t size = std::min(sizeof(value), bytes_.size());
        std::memcpy(&value, bytes_.data(), size);
        bytes_ = bytes_.subspan(size);
        return value;
    }

    // Up to the null byte.
    std::string name() {
        const auto end = std::ranges::find(bytes_, std::byte{0});
        std::string text(reinterpret_cast<const char*>(bytes_.data()),
                         static_cast<std::size_t>(end - bytes_.begin()));
        bytes_ = bytes_.subspan(std::min(text.size() + 1, bytes_.size()));
        return text;
    }

    std::span<const std::byte> rest() const { return bytes_; }

  private:
    std::span<const std::byte> bytes_;
};

fuse_attr attributes(const RawNode& node) {
    fuse_attr attr{};
    attr.ino = node.nodeid;
    attr.size = node.content.size();
    attr.blocks = (attr.size + 511) / 512;
    attr.atime = attr.mtime = attr.ctime = node.mtime;
    attr.mode = node.mode;
    attr.nlink = node.links;
    attr.uid = node.uid;
    attr.gid = node.gid;
    attr.blksize = 4096;
    return attr;
}

} // namespace

// One member function for each opcode that is served; the table below says which.
class RawServer::Handlers {
  public:
    Handlers(RawServer& server, const fuse_in_header& header, std::span<const std::byte> body)
        : options_(server.options_), tree_(server.tree_), held_(server.held_), header_(header),
          body_(body) {}

    Answer handle();

  private:
    struct Row {
        std::uint32_t opcode;
        Answer (Handlers::*handler)();
    };
    static const Row table[];

    RawNode* node() { return tree_.find(header_.nodeid); }

    fuse_entry_out entry_of(const RawNode& child) const {
        fuse_entry_out out{};
        out.nodeid = child.nodeid;
        out.generation = 1;
        out.entry_valid = out.attr_valid = options_.timeout_s;
        out.attr = attributes(child);
        return out;
    }

    Answer attributes_of(const RawNode& which) const {
        fuse_attr_out out{};
        out.attr_valid = options_.timeout_s;
        out.attr = attributes(which);
        return answer_with(out);
    }

    RawNode* make(const std::string& name, std::uint32_t mode) {
        RawNode* parent = node();
        if (parent == nullptr || !parent->is_directory() || parent->children.contains(name))
            return nullptr;
        RawNode& child = tree_.add(*parent, name, mode);
        child.uid = header_.uid;
        child.gid = header_.gid;
        return &child;
    }

    Answer made(const RawNode* child) const {
        return child == nullptr ? refused(EEXIST) : answer_with(entry_of(*child));
    }

    Answer init();
    Answer interrupt();
    Answer destroy() { return {}; }
    Answer nothing() { return {}; }
    Answer silence() { return no_reply(); }
    Answer lookup();
    Answer getattr();
    Answer setattr();
    Answer open();
    Answer opendir() { return answer_with(fuse_open_out{}); }
    Answer create();
    Answer mknod();
    Answer mkdir();
    Answer symlink();
    Answer readlink();
    Answer link();
    Answer remove();
    Answer rename();
    Answer rename2();
    Answer move(std::uint64_t new_parent);
    Answer read();
    Answer write();
    Answer readdir() { return list(false); }
    Answer readdirplus() { return list(true); }
    Answer list(bool plus);
    Answer statfs();
    Answer getxattr();
    Answer setxattr();
    Answer listxattr();
    Answer removexattr();
    Answer sized(std::string_view value, std::uint32_t room) const;
    Answer tell(std::string_view what);

    const RawServerOptions& options_;
    RawTree& tree_;
    std::set<std::uint64_t>& held_;
    fuse_in_header header_;
    Body body_;
};

const RawServer::Handlers::Row RawServer::Handlers::table[] = {
    {FUSE_INIT, &Handlers::init},
    {FUSE_DESTROY, &Handlers::destroy},
    {FUSE_LOOKUP, &Handlers::lookup},
    {FUSE_FORGET, &Handlers::silence},
    {FUSE_BATCH_FORGET, &Handlers::silence},
    {FUSE_INTERRUPT, &Handlers::interrupt},
    {FUSE_NOTIFY_REPLY, &Handlers::silence},
    {FUSE_GETATTR, &Handlers::getattr},
    {FUSE_SETATTR, &Handlers::setattr},
    {FUSE_OPEN, &Handlers::open},
    {FUSE_CREATE, &Handlers::create},
    {FUSE_MKNOD, &Handlers::mknod},
    {FUSE_MKDIR, &Handlers::mkdir},
    {FUSE_SYMLINK, &Handlers::symlink},
    {FUSE_READLINK, &Handlers::readlink},
    {FUSE_LINK, &Handlers::link},
    {FUSE_UNLINK, &Handlers::remove},
    {FUSE_RMDIR, &Handlers::remove},
    {FUSE_RENAME, &Handlers::rename},
    {FUSE_RENAME2, &Handlers::rename2},
    {FUSE_READ, &Handlers::read},
    {FUSE_WRITE, &Handlers::write},
    {FUSE_FLUSH, &Handlers::nothing},
    {FUSE_FSYNC, &Handlers::nothing},
    {FUSE_RELEASE, &Handlers::nothing},
    {FUSE_OPENDIR, &Handlers::opendir},
    {FUSE_READDIR, &Handlers::readdir},
    {FUSE_READDIRPLUS, &Handlers::readdirplus},
    {FUSE_RELEASEDIR, &Handlers::nothing},
    {FUSE_FSYNCDIR, &Handlers::nothing},
    {FUSE_STATFS, &Handlers::statfs},
    {FUSE_GETXATTR, &Handlers::getxattr},
    {FUSE_SETXATTR, &Handlers::setxattr},
    {FUSE_LISTXATTR, &Handlers::listxattr},
    {FUSE_REMOVEXATTR, &Handlers::removexattr},
};

Answer RawServer::Handlers::handle() {
    const auto row = std::ranges::find(table, header_.opcode, &Row::opcode);
    return row == std::end(table) ? refused(ENOSYS) : (this->*row->handler)();
}

Answer RawServer::Handlers::init() {
    const auto in = body_.take<fuse_init_in>();
    fuse_init_out out{};
    out.major = FUSE_KERNEL_VERSION;
    out.minor = in.minor;
    out.max_readahead = in.max_readahead;
    std::uint32_t flags = FUSE_ASYNC_READ | FUSE_BIG_WRITES | FUSE_MAX_PAGES | FUSE_PARALLEL_DIROPS;
    if (options_.readdirplus)
        flags |= FUSE_DO_READDIRPLUS | FUSE_READDIRPLUS_AUTO;
    out.flags = in.flags & flags;
    if (options_.io_uring) {
        out.flags |= in.flags & FUSE_INIT_EXT;
        out.flags2 = static_cast<std::uint32_t>(init_over_io_uring >> 32) & in.flags2;
    }
    out.max_background = 16;
    out.congestion_threshold = 12;
    out.max_write = options_.max_write;
    out.max_pages = static_cast<std::uint16_t>(options_.max_write / 4096);
    out.time_gran = 1;
    return answer_with(out);
}

Answer RawServer::Handlers::lookup() {
    const RawNode* child = tree_.lookup(header_.nodeid, body_.name());
    return child == nullptr ? refused(ENOENT) : answer_with(entry_of(*child));
}

Answer RawServer::Handlers::getattr() {
    const RawNode* which = node();
    return which == nullptr ? refused(ENOENT) : attributes_of(*which);
}

Answer RawServer::Handlers::setattr() {
    const auto in = body_.take<fuse_setattr_in>();
    RawNode* which = node();
    if (which == nullptr)
        return refused(ENOENT);
    if ((in.valid & FATTR_MODE) != 0)
        which->mode = (which->mode & S_IFMT) | (in.mode & 07777u);
    if ((in.valid & FATTR_UID) != 0)
        which->uid = in.uid;
    if ((in.valid & FATTR_GID) != 0)
        which->gid = in.gid;
    if ((in.valid & FATTR_MTIME) != 0)
        which->mtime = in.mtime;
    if ((in.valid & FATTR_SIZE) != 0)
        which->content.resize(in.size);
    return attributes_of(*which);
}

Answer RawServer::Handlers::open() {
    fuse_open_out out{};
    out.fh = header_.nodeid;
    out.open_flags = options_.direct_io ? FOPEN_DIRECT_IO : 0;
    return node() == nullptr ? refused(ENOENT) : answer_with(out);
}

Answer RawServer::Handlers::create() {
    const auto in = body_.take<fuse_create_in>();
    const RawNode* child = make(body_.name(), in.mode);
    if (child == nullptr)
        return refused(EEXIST);
    Answer answer = answer_with(entry_of(*child));
    fuse_open_out out{};
    out.fh = child->nodeid;
    out.open_flags = options_.direct_io ? FOPEN_DIRECT_IO : 0;
    append(answer.body, out);
    return answer;
}

Answer RawServer::Handlers::mknod() {
    const auto in = body_.take<fuse_mknod_in>();
    return made(make(body_.name(), in.mode));
}

Answer RawServer::Handlers::mkdir() {
    const auto in = body_.take<fuse_mkdir_in>();
    return made(make(body_.name(), in.mode | S_IFDIR));
}

Answer RawServer::Handlers::symlink() {
    RawNode* child = make(body_.name(), S_IFLNK | 0777);
    if (child != nullptr)
        append_text(child->content, body_.name());
    return made(child);
}

Answer RawServer::Handlers::readlink() {
    const RawNode* which = node();
    if (which == nullptr || !S_ISLNK(which->mode))
        return refused(EINVAL);
    return {.body = which->content};
}

Answer RawServer::Handlers::link() {
    RawNode* old = tree_.find(body_.take<fuse_link_in>().oldnodeid);
    RawNode* parent = node();
    if (old == nullptr || parent == nullptr)
        return refused(ENOENT);
    parent->children[body_.name()] = old->nodeid;
    old->links++;
    return answer_with(entry_of(*old));
}

Answer RawServer::Handlers::remove() {
    const std::string name = body_.name();
    RawNode* child = tree_.lookup(header_.nodeid, name);
    if (child == nullptr)
        return refused(ENOENT);
    if (!child->children.empty())
        return refused(ENOTEMPTY);
    child->links--;
    node()->children.erase(name);
    return {};
}

Answer RawServer::Handlers::rename() {
    return move(body_.take<fuse_rename_in>().newdir);
}

Answer RawServer::Handlers::rename2() {
    return move(body_.take<fuse_rename2_in>().newdir);
}

Answer RawServer::Handlers::move(std::uint64_t new_parent) {
    const std::string old_name = body_.name();
    const std::string new_name = body_.name();
    RawNode* child = tree_.lookup(header_.nodeid, old_name);
    RawNode* target = tree_.find(new_parent);
    if (child == nullptr || target == nullptr)
        return refused(ENOENT);
    node()->children.erase(old_name);
    target->children[new_name] = child->nodeid;
    child->parent = new_parent;
    return {};
}

Answer RawServer::Handlers::read() {
    const auto in = body_.take<fuse_read_in>();
    const RawNode* which = node();
    if (which == nullptr)
        return refused(ENOENT);
    const std::span content(which->content);
    const std::size_t from = std::min<std::size_t>(in.offset, content.size());
    const auto part = content.subspan(from, std::min<std::size_t>(in.size, content.size() - from));
    return {.body = Buffer(part.begin(), part.end())};
}

Answer RawServer::Handlers::write() {
    const auto in = body_.take<fuse_write_in>();
    RawNode* which = node();
    if (which == nullptr)
        return refused(ENOENT);
    const auto data = body_.rest();
    if (which->content.size() < in.offset + data.size())
        which->content.resize(in.offset + data.size());
    std::ranges::copy(data, which->content.begin() + static_cast<std::ptrdiff_t>(in.offset));
    return answer_with(fuse_write_out{static_cast<std::uint32_t>(data.size()), 0});
}

// The offset of an entry is its number from 1.
Answer RawServer::Handlers::list(bool plus) {
    const auto in = body_.take<fuse_read_in>();
    const RawNode* directory = node();
    if (directory == nullptr || !directory->is_directory())
        return refused(ENOTDIR);
    Answer answer;
    std::uint64_t number = 0;
    for (const auto& [name, id] : directory->children) {
        if (++number <= in.offset)
            continue;
        const RawNode* child = tree_.find(id);
        Buffer entry;
        if (plus)
            append(entry, entry_of(*child));
        fuse_dirent head{};
        head.ino = id;
        head.off = number;
        head.namelen = static_cast<std::uint32_t>(name.size());
        head.type = (child->mode & S_IFMT) >> 12;
        append(entry, head);
        append_text(entry, name);
        pad_to_8(entry);
        if (answer.body.size() + entry.size() > in.size)
            break;
        answer.body.insert(answer.body.end(), entry.begin(), entry.end());
    }
    return answer;
}

Answer RawServer::Handlers::statfs() {
    fuse_statfs_out out{};
    out.st.blocks = 1u << 20;
    out.st.bfree = out.st.bavail = 1u << 19;
    out.st.ffree = 1000;
    out.st.files = tree_.size() + out.st.ffree;
    out.st.bsize = out.st.frsize = 4096;
    out.st.namelen = 255;
    return answer_with(out);
}

// A value, or its size if there is no room given.
Answer RawServer::Handlers::sized(std::string_view value, std::uint32_t room) const {
    if (room == 0)
        return answer_with(fuse_getxattr_out{static_cast<std::uint32_t>(value.size()), 0});
    if (value.size() > room)
        return refused(ERANGE);
    Answer answer;
    append_text(answer.body, value);
    return answer;
}

Answer RawServer::Handlers::interrupt() {
    const auto in = body_.take<fuse_interrupt_in>();
    Answer answer = no_reply();
    if (held_.erase(in.unique) == 1)
        answer.then.push_back(reply_to(in.unique, -EINTR, {}));
    return answer;
}

Answer RawServer::Handlers::tell(std::string_view what) {
    auto told = told_by(what, *node(), tree_);
    if (!told)
        return refused(EINVAL);
    Answer answer;
    answer.then = std::move(*told);
    return answer;
}

Answer RawServer::Handlers::getxattr() {
    const auto in = body_.take<fuse_getxattr_in>();
    const RawNode* which = node();
    if (which == nullptr)
        return refused(ENOENT);
    const std::string name = body_.name();
    if (name == held_xattr) {
        held_.insert(header_.unique);
        return no_reply();
    }
    if (name == long_xattr)
        return {.body = Buffer(in.size + 1, std::byte{'l'})};
    const auto found = which->xattrs.find(name);
    return found == which->xattrs.end() ? refused(ENODATA) : sized(found->second, in.size);
}

Answer RawServer::Handlers::setxattr() {
    // Without FUSE_SETXATTR_EXT the structure ends after two words.
    const auto size = body_.take<std::uint32_t>();
    body_.take<std::uint32_t>();
    const std::string name = body_.name();
    RawNode* which = node();
    if (which == nullptr)
        return refused(ENOENT);
    const auto value = body_.rest().first(std::min<std::size_t>(size, body_.rest().size()));
    if (name == tell_xattr)
        return tell({reinterpret_cast<const char*>(value.data()), value.size()});
    which->xattrs[name].assign(reinterpret_cast<const char*>(value.data()), value.size());
    return {};
}

Answer RawServer::Handlers::listxattr() {
    const auto in = body_.take<fuse_getxattr_in>();
    const RawNode* which = node();
    if (which == nullptr)
        return refused(ENOENT);
    std::string names;
    for (const auto& [name, value] : which->xattrs)
        names.append(name).push_back('\0');
    return sized(names, in.size);
}

Answer RawServer::Handlers::removexattr() {
    RawNode* which = node();
    return which != nullptr && which->xattrs.erase(body_.name()) == 1 ? Answer{} : refused(ENODATA);
}

RawServer::RawServer(const RawServerOptions& options)
    : options_(options), log_(options.log), tree_(options.tree) {
    device_ = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (device_ < 0)
        throw std::system_error(errno, std::generic_category(), "/dev/fuse");
    const std::string data = "fd=" + std::to_string(device_) +
                             ",rootmode=40000,user_id=" + std::to_string(getuid()) +
                             ",group_id=" + std::to_string(getgid()) + ",allow_other";
    if (mount("raw_server", options.mount_point.c_str(), "fuse.raw_server", MS_NOSUID | MS_NODEV,
              data.c_str()) != 0) {
        const int error = errno;
        close(device_);
        throw std::system_error(error, std::generic_category(), "mount " + options.mount_point);
    }
}

RawServer::~RawServer() {
    close(device_);
}

void RawServer::run() {
    {
        std::vector<std::jthread> others;
        for (unsigned i = 1; i < options_.threads; i++)
            others.emplace_back([this] { serve(); });
        serve();
    }
    if (io_uring_.joinable())
        io_uring_.join();
}

void RawServer::serve() {
    const std::size_t room = request_room + options_.max_write;
    RequestReader reader(options_.requests, device_, room);
    ReplyWriter writer(options_.replies, device_, room);
    for (;;) {
        const auto request = reader.next();
        if (request.empty())
            return; // unmounted
        log_.add(LogDirection::request, request);
        for (const Buffer& bytes : answers(request))
            write(writer, bytes);
        if (options_.io_uring && Body(request).take<fuse_in_header>().opcode == FUSE_INIT)
            io_uring_ = std::jthread([this] { serve_io_uring(); });
    }
}

// Without it the file system would hang until it is unmounted, so nothing is left to do.
void RawServer::serve_io_uring() try {
    UringQueues queues(device_, std::max(options_.max_write, std::uint32_t{FUSE_MIN_READ_BUFFER}));
    queues.run([this](std::span<const std::byte> request) {
        log_.add(LogDirection::request, request);
        auto all = answers(request);
        if (all.empty())
            all.push_back(reply_to(Body(request).take<fuse_in_header>().unique, 0, {}));
        // The ring takes it with the next call, in the order of the replies.
        log_.written(log_.add(LogDirection::reply, all.front()), 0);
        return all.front();
    });
} catch (const std::exception& error) {
    std::fprintf(stderr, "raw_server: %s\n", error.what());
    umount2(options_.mount_point.c_str(), MNT_DETACH);
}

std::vector<Buffer> RawServer::answers(std::span<const std::byte> request) {
    Body body(request);
    const auto asked = body.take<fuse_in_header>();
    std::unique_lock lock(mutex_);
    Answer answer = Handlers(*this, asked, body.rest()).handle();
    lock.unlock();
    if (!answer.silent)
        answer.then.insert(answer.then.begin(),
                           reply_to(asked.unique, answer.error, std::move(answer.body)));
    return std::move(answer.then);
}

std::optional<Buffer> RawServer::answer(std::span<const std::byte> request) {
    auto all = answers(request);
    return all.empty() ? std::nullopt : std::optional(std::move(all.front()));
}

void RawServer::write(ReplyWriter& writer, const Buffer& bytes) {
    const std::uint64_t number = log_.add(LogDirection::reply, bytes);
    log_.written(number, writer.write(bytes));
}

} // namespace fusewire::live_test

#include "tests/live/uring_queues.h"

#include <linux/fuse.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

namespace fusewire::live_test {

namespace {

constexpr unsigned depth = 4; // requests of one CPU at a time

// Part of <linux/fuse.h> from 7.42 on; the system's may be older.
constexpr std::uint32_t command_register = 1;
constexpr std::uint32_t command_commit_and_fetch = 2;

struct RequestHeader {
    std::byte in_out[128]; // fuse_in_header, then fuse_out_header
    std::byte op_in[128];  // the opcode's own structure
    std::uint64_t flags;
    std::uint64_t commit_id;
    std::uint32_t payload_size;
    std::uint32_t padding;
    std::uint64_t reserved;
};
static_assert(sizeof(RequestHeader) == 288);

struct Command {
    std::uint64_t flags;
    std::uint64_t commit_id;
    std::uint16_t queue;
    std::uint8_t padding[6];
};
static_assert(sizeof(Command) == 24);

[[noreturn]] void fail_with(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

// Memory that the kernel shares with us.
class Shared {
  public:
    Shared(int fd, std::size_t size, off_t offset)
        : size_(size), memory_(mmap(nullptr, size, PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_POPULATE, fd, offset)) {
        if (memory_ == MAP_FAILED)
            fail_with("io_uring memory");
    }
    ~Shared() { munmap(memory_, size_); }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;

    template <class Type>
    Type* at(std::size_t offset) const {
        return reinterpret_cast<Type*>(static_cast<std::byte*>(memory_) + offset);
    }

  private:
    std::size_t size_;
    void* memory_;
};

} // namespace

// What is with the kernel or, between a fetch and a commit, with us.
struct UringQueues::Entry {
    RequestHeader header{};
    Buffer payload;
    iovec memory[2]{};
    std::uint16_t queue = 0;
};

// An io_uring of 128-byte commands. Its submission queue has room for each entry once.
class UringQueues::Ring {
  public:
    explicit Ring(unsigned entries) {
        io_uring_params params{};
        params.flags = IORING_SETUP_SQE128;
        fd_ = static_cast<int>(syscall(SYS_io_uring_setup, entries, &params));
        if (fd_ < 0)
            fail_with("io_uring_setup");
        submissions_.emplace(fd_, params.sq_off.array + params.sq_entries * sizeof(unsigned),
                             IORING_OFF_SQ_RING);
        commands_.emplace(fd_, params.sq_entries * command_size, IORING_OFF_SQES);
        completions_.emplace(fd_, params.cq_off.cqes + params.cq_entries * sizeof(io_uring_cqe),
                             IORING_OFF_CQ_RING);
        offsets_ = params;
    }
    ~Ring() { close(fd_); }
    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;

    // A zeroed command, submitted by the next wait().
    io_uring_sqe& command() {
        const unsigned tail = *submissions_->at<unsigned>(offsets_.sq_off.tail) + waiting_++;
        const unsigned index = tail & (offsets_.sq_entries - 1);
        submissions_->at<unsigned>(offsets_.sq_off.array)[index] = index;
        auto* sqe = commands_->at<io_uring_sqe>(index * command_size);
        std::memset(static_cast<void*>(sqe), 0, command_size);
        return *sqe;
    }

    // Submits, then waits for a completion.
    void wait() {
        auto* tail = submissions_->at<unsigned>(offsets_.sq_off.tail);
        std::atomic_ref(*tail).store(*tail + waiting_, std::memory_order_release);
        const unsigned count = std::exchange(waiting_, 0);
        while (syscall(SYS_io_uring_enter, fd_, count, 1, IORING_ENTER_GETEVENTS, nullptr, 0) < 0)
            if (errno != EINTR)
                fail_with("io_uring_enter");
    }

    struct Completion {
        Entry* entry = nullptr;
        int result = 0;
    };

    // nullopt: none is there.
    std::optional<Completion> completion() {
        auto* head = completions_->at<unsigned>(offsets_.cq_off.head);
        auto* tail = completions_->at<unsigned>(offsets_.cq_off.tail);
        if (*head == std::atomic_ref(*tail).load(std::memory_order_acquire))
            return std::nullopt;
        const auto* all = completions_->at<io_uring_cqe>(offsets_.cq_off.cqes);
        const auto& cqe = all[*head & (offsets_.cq_entries - 1)];
        const Completion copy{reinterpret_cast<Entry*>(cqe.user_data), cqe.res};
        std::atomic_ref(*head).store(*head + 1, std::memory_order_release);
        return copy;
    }

  private:
    static constexpr std::size_t command_size = 128;

    int fd_ = -1;
    io_uring_params offsets_{};
    std::optional<Shared> submissions_;
    std::optional<Shared> commands_;
    std::optional<Shared> completions_;
    unsigned waiting_ = 0;
};

UringQueues::UringQueues(int device, std::size_t max_payload) : device_(device) {
    const auto queues = static_cast<unsigned>(get_nprocs_conf());
    ring_ = std::make_unique<Ring>(std::bit_ceil(queues * depth));
    for (unsigned i = 0; i < queues * depth; i++) {
        auto& entry = *entries_.emplace_back(std::make_unique<Entry>());
        entry.payload.resize(max_payload);
        entry.queue = static_cast<std::uint16_t>(i / depth);
        entry.memory[0] = {&entry.header, sizeof(entry.header)};
        entry.memory[1] = {entry.payload.data(), entry.payload.size()};
    }
}

UringQueues::~UringQueues() = default;

void UringQueues::submit(Entry& entry, std::uint32_t command, std::uint64_t commit_id) {
    io_uring_sqe& sqe = ring_->command();
    sqe.opcode = IORING_OP_URING_CMD;
    sqe.fd = device_;
    sqe.cmd_op = command;
    sqe.user_data = reinterpret_cast<std::uint64_t>(&entry);
    if (command == command_register) {
        sqe.addr = reinterpret_cast<std::uint64_t>(entry.memory);
        sqe.len = 2;
    }
    const Command detail{.flags = 0, .commit_id = commit_id, .queue = entry.queue, .padding = {}};
    std::memcpy(sqe.cmd, &detail, sizeof(detail));
}

// The structure's size is what neither the header nor the payload accounts for.
Buffer UringQueues::request_in(const Entry& entry) const {
    fuse_in_header in{};
    std::memcpy(&in, entry.header.in_out, sizeof(in));
    const std::size_t payload = entry.header.payload_size;
    const std::size_t structure = in.len - sizeof(in) - payload;
    if (in.len < sizeof(in) + payload || structure > sizeof(entry.header.op_in) ||
        payload > entry.payload.size())
        throw std::runtime_error("the kernel's request does not add up");
    Buffer bytes(in.len);
    std::memcpy(bytes.data(), &in, sizeof(in));
    std::memcpy(bytes.data() + sizeof(in), entry.header.op_in, structure);
    std::memcpy(bytes.data() + sizeof(in) + structure, entry.payload.data(), payload);
    return bytes;
}

// The commit id.
std::uint64_t UringQueues::put_reply(Entry& entry, std::span<const std::byte> reply) {
    const auto body = reply.subspan(sizeof(fuse_out_header));
    std::memcpy(entry.header.in_out, reply.data(), sizeof(fuse_out_header));
    std::memcpy(entry.payload.data(), body.data(), body.size());
    entry.header.payload_size = static_cast<std::uint32_t>(body.size());
    return entry.header.commit_id;
}

void UringQueues::run(const Answer& answer) {
    for (const auto& entry : entries_)
        submit(*entry, command_register, 0);
    for (std::size_t ended = 0; ended < entries_.size();) {
        ring_->wait();
        while (const auto done = ring_->completion()) {
            if (done->result == -ENOTCONN) { // unmounted
                ended++;
                continue;
            }
            if (done->result < 0)
                throw std::system_error(-done->result, std::generic_category(),
                                        "FUSE over io_uring");
            const Buffer reply = answer(request_in(*done->entry));
            submit(*done->entry, command_commit_and_fetch, put_reply(*done->entry, reply));
        }
    }
}

} // namespace fusewire::live_test

#include "capture/mapped_file.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>

namespace fusewire::files {

namespace {

// More captures than this at once are read as streams.
constexpr std::size_t max_mappings = 64;

} // namespace

// What the signal handler may look at: lock-free, and never freed.
struct MappedFile::Slot {
    std::atomic<bool> taken{false};
    std::atomic<std::uintptr_t> begin{UINTPTR_MAX};
    std::atomic<std::uintptr_t> end{0};
    std::atomic<bool> fault{false};
};

MappedFile::Slot MappedFile::slots_[max_mappings];

// The SIGBUS handler and what was there before it.
struct SigbusGuard {
    static inline struct sigaction previous {};
    static inline std::uintptr_t page_size = 4096;
    static_assert(std::atomic<std::uintptr_t>::is_always_lock_free);

    static MappedFile::Slot* slot_of(std::uintptr_t address) {
        for (auto& slot : MappedFile::slots_) {
            if (address >= slot.begin.load() && address < slot.end.load())
                return &slot;
        }
        return nullptr;
    }

    // A zero page over the missing one lets the interrupted load finish.
    static bool patch(std::uintptr_t address) {
        MappedFile::Slot* slot = slot_of(address);
        if (slot == nullptr)
            return false;
        const std::uintptr_t page = address & ~(page_size - 1);
        void* mapped = mmap(reinterpret_cast<void*>(page), page_size, PROT_READ,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (mapped == MAP_FAILED)
            return false;
        slot->fault.store(true);
        return true;
    }

    // With no handler before us, the default action is what the fault deserves: restored here, it
    // happens when the faulting instruction runs again.
    static void chain(int signal_number, siginfo_t* info, void* context) {
        if ((previous.sa_flags & SA_SIGINFO) != 0)
            previous.sa_sigaction(signal_number, info, context);
        else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN)
            previous.sa_handler(signal_number);
        else
            signal(signal_number, SIG_DFL);
    }

    static void handle(int signal_number, siginfo_t* info, void* context) {
        const int saved_errno = errno;
        // si_code > 0: raised by the kernel for a fault, not sent by kill(), so si_addr is true.
        const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
        if (info->si_code <= 0 || !patch(address))
            chain(signal_number, info, context);
        errno = saved_errno;
    }

    static void install() {
        static std::once_flag once;
        std::call_once(once, [] {
            page_size = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
            struct sigaction action {};
            action.sa_sigaction = handle;
            action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
            sigemptyset(&action.sa_mask);
            sigaction(SIGBUS, &action, &previous);
        });
    }
};

std::unique_ptr<MappedFile> MappedFile::map(int fd, std::uint64_t size) {
    if (size == 0 || size > SIZE_MAX)
        return nullptr;
    SigbusGuard::install();
    Slot* slot = take_slot();
    if (slot == nullptr)
        return nullptr;
    const auto length = static_cast<std::size_t>(size);
    void* address = mmap(nullptr, length, PROT_READ, MAP_PRIVATE, fd, 0);
    if (address == MAP_FAILED) {
        slot->taken.store(false);
        return nullptr;
    }
    slot->fault.store(false);
    slot->end.store(reinterpret_cast<std::uintptr_t>(address) + length);
    slot->begin.store(reinterpret_cast<std::uintptr_t>(address));
    const Bytes bytes{static_cast<const std::byte*>(address), length};
    return std::unique_ptr<MappedFile>(new MappedFile(fd, bytes, *slot));
}

MappedFile::~MappedFile() {
    slot_.begin.store(UINTPTR_MAX);
    slot_.end.store(0);
    munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
    slot_.taken.store(false);
}

MappedFile::Slot* MappedFile::take_slot() {
    for (Slot& slot : slots_) {
        if (!slot.taken.exchange(true))
            return &slot;
    }
    return nullptr;
}

bool MappedFile::fault_seen() const {
    return slot_.fault.load(std::memory_order_relaxed);
}

bool MappedFile::shrunk(std::uint64_t least) const {
    struct stat status {};
    if (fault_seen())
        return true;
    return fstat(fd_, &status) == 0 && static_cast<std::uint64_t>(status.st_size) < least;
}

} // namespace fusewire::files

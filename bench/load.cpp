// bench_load KIND FILE: one system call over and over, as fast as it goes. Says "ready" once the file
// is open and warm, waits for a line or the end of standard input, and prints what it did as JSON.
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>
#include <vector>

namespace {

constexpr const char* usage_text =
    "usage: bench_load stat|read4k|read128k|write128k FILE [options]\n"
    "  --count N     operations\n"
    "  --seconds S   or for how long (1)\n"
    "  --cpu N       run only there\n";

constexpr std::uint64_t warm_up_operations = 50;

struct Work {
    const char* path;
    int fd;
    std::uint64_t file_bytes;
    std::vector<char> buffer;
    std::uint64_t offset = 0;

    // The next block; from the start again after the last whole one.
    off_t advance() {
        if (offset + buffer.size() > file_bytes)
            offset = 0;
        const std::uint64_t at = offset;
        offset += buffer.size();
        return static_cast<off_t>(at);
    }
};

bool stat_path(Work& work) {
    struct stat status {};
    return stat(work.path, &status) == 0;
}

bool read_block(Work& work) {
    const ssize_t done = pread(work.fd, work.buffer.data(), work.buffer.size(), work.advance());
    return done == static_cast<ssize_t>(work.buffer.size());
}

bool write_block(Work& work) {
    const ssize_t done = pwrite(work.fd, work.buffer.data(), work.buffer.size(), work.advance());
    return done == static_cast<ssize_t>(work.buffer.size());
}

struct Kind {
    std::string_view name;
    bool (*operate)(Work&);
    int open_flags; // -1: no file is opened, which would make the kernel ask for other things
    std::size_t block_bytes;
};

constexpr Kind kinds[] = {
    {"stat", stat_path, -1, 0},
    {"read4k", read_block, O_RDONLY, 4096},
    {"read128k", read_block, O_RDONLY, 128 * 1024},
    {"write128k", write_block, O_WRONLY, 128 * 1024},
};

struct Options {
    const Kind* kind = nullptr;
    const char* path = nullptr;
    std::uint64_t count = 0; // 0: for `seconds`
    double seconds = 1;
    int cpu = -1;
};

constexpr option long_options[] = {
    {"count", required_argument, nullptr, 'c'},
    {"seconds", required_argument, nullptr, 's'},
    {"cpu", required_argument, nullptr, 'p'},
    {nullptr, 0, nullptr, 0},
};

const Kind* find_kind(std::string_view name) {
    for (const Kind& kind : kinds)
        if (kind.name == name)
            return &kind;
    return nullptr;
}

bool parse(int argc, char** argv, Options& options) {
    for (int which; (which = getopt_long(argc, argv, "", long_options, nullptr)) != -1;) {
        if (which == 'c')
            options.count = std::strtoull(optarg, nullptr, 10);
        else if (which == 's')
            options.seconds = std::strtod(optarg, nullptr);
        else if (which == 'p')
            options.cpu = std::atoi(optarg);
        else
            return false;
    }
    if (optind + 2 != argc)
        return false;
    options.kind = find_kind(argv[optind]);
    options.path = argv[optind + 1];
    return options.kind != nullptr;
}

int complain(const char* what) {
    std::fprintf(stderr, "bench_load: %s: %s\n", what, std::strerror(errno));
    return 1;
}

bool pin_to(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(cpu), &set);
    return sched_setaffinity(0, sizeof(set), &set) == 0;
}

std::uint64_t clock_ns(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(time.tv_nsec);
}

void wait_for_go() {
    std::puts("ready");
    std::fflush(stdout);
    char line[16];
    [[maybe_unused]] const char* got = std::fgets(line, sizeof(line), stdin);
}

// Returns the number of operations; one that fails is the last and not counted.
std::uint64_t repeat(const Options& options, Work& work, std::uint64_t began) {
    const std::uint64_t deadline = began + static_cast<std::uint64_t>(options.seconds * 1e9);
    std::uint64_t done = 0;
    for (;;) {
        const bool enough =
            options.count != 0 ? done == options.count : clock_ns(CLOCK_MONOTONIC) >= deadline;
        if (enough || !options.kind->operate(work))
            return done;
        done++;
    }
}

int run(const Options& options, Work& work) {
    for (std::uint64_t i = 0; i < warm_up_operations; i++)
        if (!options.kind->operate(work))
            return complain(options.path);
    wait_for_go();
    errno = 0;
    const std::uint64_t cpu_began = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    const std::uint64_t began = clock_ns(CLOCK_MONOTONIC);
    const std::uint64_t done = repeat(options, work, began);
    const std::uint64_t elapsed = clock_ns(CLOCK_MONOTONIC) - began;
    const std::uint64_t cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_began;
    if (errno != 0)
        return complain(options.path);
    std::printf("{\"operations\": %llu, \"elapsed_ns\": %llu, \"cpu_ns\": %llu}\n",
                static_cast<unsigned long long>(done), static_cast<unsigned long long>(elapsed),
                static_cast<unsigned long long>(cpu));
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    if (!parse(argc, argv, options)) {
        std::fputs(usage_text, stderr);
        return 2;
    }
    if (options.cpu >= 0 && !pin_to(options.cpu))
        return complain("cannot run on that CPU");
    Work work{.path = options.path,
              .fd = -1,
              .file_bytes = 0,
              .buffer = std::vector<char>(options.kind->block_bytes, 'x')};
    if (options.kind->open_flags >= 0) {
        work.fd = open(options.path, options.kind->open_flags);
        struct stat status {};
        if (work.fd < 0 || fstat(work.fd, &status) != 0)
            return complain(options.path);
        work.file_bytes = static_cast<std::uint64_t>(status.st_size);
    }
    return run(options, work);
}

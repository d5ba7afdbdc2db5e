// raw_server MOUNT_POINT [--log FILE] [options]: mounts, says "ready" on standard output, serves
// until it is unmounted or gets SIGINT or SIGTERM.
#include "tests/live/raw_server.h"

#include <getopt.h>
#include <sys/mount.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace {

using fusewire::live_test::RawServer;
using fusewire::live_test::RawServerOptions;

constexpr const char* usage_text =
    "usage: raw_server MOUNT_POINT [options]\n"
    "  --log FILE        every byte read and written, for fusewire import --from raw\n"
    "  --files N         files in the top directory (16)\n"
    "  --file-bytes N    size of each (4096)\n"
    "  --entries N       files in the directory \"many\" (100)\n"
    "  --threads N       that read /dev/fuse (2)\n"
    "  --max-write N     bytes, a multiple of 4096 (1048576)\n"
    "  --timeout S       how long the kernel may cache names and attributes (0)\n"
    "  --cached          let the kernel cache file content\n"
    "  --readdirplus     offer READDIRPLUS\n"
    "  --requests WAY    read, readv or splice (read)\n"
    "  --replies WAY     write, writev, splice, move, mapped or mapped-data (write)\n"
    "  --io-uring        both over io_uring, which the kernel must offer\n";

enum Option {
    log_file,
    files,
    file_bytes,
    entries,
    threads,
    max_write,
    timeout,
    cached,
    plus,
    requests,
    replies,
    io_uring
};

constexpr option long_options[] = {
    {"log", required_argument, nullptr, log_file},
    {"files", required_argument, nullptr, files},
    {"file-bytes", required_argument, nullptr, file_bytes},
    {"entries", required_argument, nullptr, entries},
    {"threads", required_argument, nullptr, threads},
    {"max-write", required_argument, nullptr, max_write},
    {"timeout", required_argument, nullptr, timeout},
    {"cached", no_argument, nullptr, cached},
    {"readdirplus", no_argument, nullptr, plus},
    {"requests", required_argument, nullptr, requests},
    {"replies", required_argument, nullptr, replies},
    {"io-uring", no_argument, nullptr, io_uring},
    {nullptr, 0, nullptr, 0},
};

const char* mounted = nullptr;

extern "C" void unmount(int) {
    umount2(mounted, MNT_DETACH);
}

unsigned long number(const char* text) {
    return std::strtoul(text, nullptr, 0);
}

bool set(RawServerOptions& options, int which, const char* value) {
    switch (which) {
    case log_file:
        options.log = value;
        return true;
    case files:
        options.tree.files = static_cast<unsigned>(number(value));
        return true;
    case file_bytes:
        options.tree.file_bytes = number(value);
        return true;
    case entries:
        options.tree.entries = static_cast<unsigned>(number(value));
        return true;
    case threads:
        options.threads = static_cast<unsigned>(number(value));
        return true;
    case max_write:
        options.max_write = static_cast<std::uint32_t>(number(value));
        return true;
    case timeout:
        options.timeout_s = number(value);
        return true;
    case cached:
        options.direct_io = false;
        return true;
    case plus:
        options.readdirplus = true;
        return true;
    case requests:
        options.requests = value;
        return true;
    case replies:
        options.replies = value;
        return true;
    case io_uring:
        options.io_uring = true;
        return true;
    default:
        return false;
    }
}

} // namespace

int main(int argc, char** argv) {
    RawServerOptions options;
    for (int which; (which = getopt_long(argc, argv, "", long_options, nullptr)) != -1;)
        if (!set(options, which, optarg)) {
            std::fputs(usage_text, stderr);
            return 2;
        }
    if (optind + 1 != argc) {
        std::fputs(usage_text, stderr);
        return 2;
    }
    options.mount_point = argv[optind];
    mounted = argv[optind];
    try {
        RawServer server(options);
        std::signal(SIGINT, unmount);
        std::signal(SIGTERM, unmount);
        std::puts("ready");
        std::fflush(stdout);
        server.run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "raw_server: %s\n", error.what());
        return 3;
    }
    return 0;
}

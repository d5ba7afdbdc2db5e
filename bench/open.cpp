// bench_open FILE: opens a capture as the viewer does, indexes all of it, and prints as JSON how long it
// took until there was something to show, until all was there, and how much memory that is.
#include "capture/indexer.h"
#include "dissector/render/text.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <string_view>

namespace fusewire {
namespace {

constexpr Row first_screen = 100;
constexpr Row random_rows = 2000;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Resident memory of this process beside mapped files.
std::size_t own_memory() {
    constexpr std::string_view key = "RssAnon:";
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(key))
            return std::stoul(line.substr(key.size())) * 1024;
    return 0;
}

int fail_with(const Error& error) {
    fmt::print(stderr, "bench_open: {}\n", error.message);
    return 3;
}

// As a list shows it.
Result<std::size_t> show(FrameDecoder& decoder, Row row) {
    auto decoded = decoder.decode(row);
    if (!decoded)
        return tl::unexpected(decoded.error());
    std::string line;
    append_line(line, *decoded, {});
    return line.size();
}

int run(const std::string& path) {
    const std::size_t memory_before = own_memory();
    const double cpu_before = cpu_seconds();
    const Clock::time_point begin = Clock::now();
    auto indexer = Indexer::open(path);
    if (!indexer)
        return fail_with(indexer.error());
    const FrameIndex& index = (*indexer)->index();
    const auto decoder = (*indexer)->decoder();
    (*indexer)->start();
    while (index.size() < first_screen && !(*indexer)->ended())
        std::this_thread::yield();
    const Row shown = std::min(index.size(), first_screen);
    for (Row row = 0; row < shown; ++row)
        if (auto line = show(*decoder, row); !line)
            return fail_with(line.error());
    const double first_s = seconds_since(begin);
    if (auto done = (*indexer)->wait(); !done)
        return fail_with(done.error());
    const double all_s = seconds_since(begin);
    const double cpu_s = cpu_seconds() - cpu_before;
    const std::size_t memory = own_memory() - memory_before;

    std::mt19937 random(1);
    const Clock::time_point jumps_begin = Clock::now();
    for (Row i = 0; i < random_rows && index.size() > 0; ++i)
        if (auto line = show(*decoder, static_cast<Row>(random() % index.size())); !line)
            return fail_with(line.error());
    const double jump_s = seconds_since(jumps_begin) / random_rows;
    fmt::print("{{\"messages\":{},\"first_screen_s\":{:.6f},\"index_s\":{:.6f},\"cpu_s\":{:.6f},"
               "\"counted_bytes\":{},\"resident_bytes\":{},\"random_row_s\":{:.9f}}}\n",
               index.size(), first_s, all_s, cpu_s, index.bytes(), memory, jump_s);
    return 0;
}

} // namespace
} // namespace fusewire

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: bench_open FILE\n", stderr);
        return 2;
    }
    return fusewire::run(argv[1]);
}

#include "tests/live/raw_log.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace fusewire::live_test {

namespace {

constexpr std::size_t header_size = 16;

std::uint64_t epoch_ns() {
    timespec time{};
    clock_gettime(CLOCK_REALTIME, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(time.tv_nsec);
}

template <class Number>
void put(std::span<std::byte> at, Number value) {
    for (std::size_t i = 0; i < sizeof(value); i++)
        at[i] = static_cast<std::byte>(value >> (8 * i));
}

template <class Number>
Number get(std::span<const std::byte> at) {
    Number value = 0;
    for (std::size_t i = 0; i < sizeof(value); i++)
        value |= static_cast<Number>(static_cast<Number>(at[i]) << (8 * i));
    return value;
}

std::string results_of(const std::string& path) {
    return path + ".results";
}

int create(const std::string& path) {
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        throw std::system_error(errno, std::generic_category(), path);
    return fd;
}

// Of records that are there; the server may have been killed between the two.
void read_results(const std::string& path, std::vector<LogRecord>& records) {
    std::ifstream file(results_of(path));
    std::size_t number = 0;
    int result = 0;
    while (file >> number >> result)
        if (number < records.size()) {
            records[number].result = result;
            records[number].written = true;
        }
}

} // namespace

RawLog::RawLog(const std::string& path) {
    if (path.empty())
        return;
    fd_ = create(path);
    results_ = create(results_of(path));
}

RawLog::~RawLog() {
    for (const int fd : {fd_, results_})
        if (fd >= 0)
            close(fd);
}

void RawLog::written(std::uint64_t number, int result) {
    const std::string line = std::to_string(number) + " " + std::to_string(result) + "\n";
    if (results_ >= 0 &&
        write(results_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        throw std::system_error(errno, std::generic_category(), "results of the raw log");
}

std::uint64_t RawLog::add(LogDirection direction, std::span<const std::byte> bytes) {
    if (fd_ < 0)
        return 0;
    std::array<std::byte, header_size> header{};
    header[0] = static_cast<std::byte>(direction);
    put(std::span(header).subspan(4), static_cast<std::uint32_t>(bytes.size()));
    const std::lock_guard lock(mutex_);
    put(std::span(header).subspan(8), epoch_ns());
    const iovec parts[] = {{header.data(), header.size()},
                           {const_cast<std::byte*>(bytes.data()), bytes.size()}};
    if (writev(fd_, parts, 2) != static_cast<ssize_t>(header.size() + bytes.size()))
        throw std::system_error(errno, std::generic_category(), "raw log");
    return count_++;
}

std::vector<LogRecord> read_raw_log(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file)
        throw std::runtime_error("cannot read " + path);
    std::vector<char> text(static_cast<std::size_t>(file.tellg()));
    file.seekg(0).read(text.data(), static_cast<std::streamsize>(text.size()));
    auto rest = std::as_bytes(std::span(text));

    std::vector<LogRecord> records;
    while (rest.size() >= header_size) {
        const auto length = get<std::uint32_t>(rest.subspan(4));
        if (length > rest.size() - header_size)
            break;
        LogRecord record;
        record.direction = static_cast<LogDirection>(rest[0]);
        record.time_ns = get<std::uint64_t>(rest.subspan(8));
        const auto bytes = rest.subspan(header_size, length);
        record.bytes.assign(bytes.begin(), bytes.end());
        records.push_back(std::move(record));
        rest = rest.subspan(header_size + length);
    }
    read_results(path, records);
    return records;
}

} // namespace fusewire::live_test

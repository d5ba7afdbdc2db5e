// Records that own their bytes, and shorthands to write them to files and read them back.
#pragma once

#include "capture/sink.h"
#include "capture/source.h"
#include "dissector/record.h"
#include "tests/capture/temp_dir.h"

#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace fusewire::test {

// A record whose bytes and comment stay.
struct Kept {
    Record record;
    ByteVector bytes;
    std::string comment;

    Record view() const;
};

// Everything a source gave before its end.
struct Contents {
    std::vector<Kept> records;
    std::vector<Connection> connections;
    std::vector<std::string> warnings;
    bool failed = false; // ended with `error`
    Error error;

    std::string all_warnings() const;
};

Contents read_all(RecordSource& source);
Contents read_all(const std::string& path);

// The same without a file.
Contents read_bytes(std::span<const std::byte> bytes);

// A request with a FUSE header that states `length` bytes and a body that differs byte by byte.
Kept message(std::uint64_t number, std::size_t length, Direction direction = Direction::request);

Connection mounted(std::uint32_t conn, std::string mount_point);

// Writes a file; the connections are described first.
void write_capture(const std::string& path, FileFormat format, const std::vector<Kept>& records,
                   const std::vector<Connection>& connections);

// Equal in all that a capture file carries; `frame` is not compared.
::testing::AssertionResult same(const Kept& expected, const Kept& actual);

} // namespace fusewire::test

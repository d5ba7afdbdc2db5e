// The worked example in docs/capture-format.md is what we write and what we read.
#include "tests/capture/records.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace fusewire::test {
namespace {

// Lines of the form "    0010: 0a 0d ...  text".
ByteVector example_bytes() {
    std::ifstream doc(FUSEWIRE_SOURCE_DIR "/docs/capture-format.md");
    EXPECT_TRUE(doc.good());
    ByteVector bytes;
    for (std::string line; std::getline(doc, line);) {
        constexpr std::size_t hex_begin = 10;
        constexpr std::size_t hex_length = 16 * 3;
        if (!line.starts_with("    0") || line.size() < hex_begin || line[8] != ':')
            continue;
        EXPECT_EQ(std::stoul(line.substr(4, 4), nullptr, 16), bytes.size()) << line;
        std::istringstream hex(line.substr(hex_begin, hex_length));
        for (unsigned value = 0; hex >> std::hex >> value;)
            bytes.push_back(static_cast<std::byte>(value));
    }
    return bytes;
}

Connection example_connection() {
    Connection connection;
    connection.conn = ConnId{41};
    connection.mount_point = "/mnt/a";
    connection.fs_type = "fuse.bindfs";
    connection.server_pid = 700;
    connection.tier = "tp";
    connection.cannot_see = {"FORGET"};
    return connection;
}

Kept example_record() {
    Kept kept;
    for (const int value : {16, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 0, 0, 0})
        kept.bytes.push_back(static_cast<std::byte>(value));
    kept.comment = "no such file";
    kept.record.time_ns = 1'700'000'000'123'456'789;
    kept.record.message_number = 7;
    kept.record.pair_key = 0x1122334455667788;
    kept.record.lost = 3;
    kept.record.flags = record_lost_before;
    kept.record.conn = ConnId{41};
    kept.record.server_pid = 700;
    kept.record.server_tid = 701;
    kept.record.cpu = 1;
    kept.record.wire_length = 16;
    kept.record.direction = Direction::reply;
    kept.record.transport = Transport::tracepoint;
    return kept;
}

TEST(CaptureFormatDoc, ExampleIsWhatWeWrite) {
    const TempDir dir;
    auto sink = create_capture(dir.path("c"), FileFormat::pcapng, {"", "fusewire 0.1.0"});
    ASSERT_TRUE(sink);
    ASSERT_TRUE((*sink)->describe(example_connection()));
    ASSERT_TRUE((*sink)->write(example_record().view()));
    ASSERT_TRUE((*sink)->flush());
    EXPECT_TRUE(read_file(dir.path("c")) == example_bytes());
}

TEST(CaptureFormatDoc, ExampleIsReadAsItSays) {
    const Contents contents = read_bytes(example_bytes());
    EXPECT_FALSE(contents.failed) << contents.error.message;
    ASSERT_EQ(contents.records.size(), 1u);
    EXPECT_TRUE(same(example_record(), contents.records[0]));
    ASSERT_EQ(contents.connections.size(), 1u);
    EXPECT_EQ(contents.connections[0].mount_point, "/mnt/a");
    EXPECT_EQ(contents.connections[0].cannot_see, example_connection().cannot_see);
}

} // namespace
} // namespace fusewire::test

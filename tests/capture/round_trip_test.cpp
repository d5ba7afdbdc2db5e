// What is written comes back the same, whatever carries it.
#include "capture/pseudo_header.h"
#include "tests/capture/records.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <tuple>
#include <variant>

namespace fusewire::test {
namespace {

enum class Carrier { file, pipe, gzip_file, zstd_file, gzip_pipe, zstd_pipe };

std::vector<Kept> varied_records() {
    std::vector<Kept> records;
    records.push_back(message(1, 56));
    records.push_back(message(1, 120, Direction::reply));
    records.push_back(message(2, 16, Direction::reply));
    records.push_back(message(3, 1024 * 1024 + 80));
    records.push_back(message(4, max_packet_bytes));
    records.push_back(message(5, max_packet_bytes + 1));
    records.push_back(message(6, 100));
    records.back().record.wire_length = 4000;
    records.back().record.flags = record_truncated;
    records.push_back(message(7, 600'000));
    records.back().record.wire_length = 700'000;
    records.back().record.flags = record_truncated | record_lost_before | record_fault;
    records.back().record.lost = 12;
    records.push_back(message(8, 0, Direction::write_result));
    records.back().record.result = -2;
    records.push_back(message(9, 0, Direction::loss));
    records.back().record.lost = 77;
    records.back().record.flags = record_lost_before;
    return records;
}

ByteVector compressed(const std::string& path, const char* program) {
    const std::string out = path + "." + program;
    const Outcome done = run(std::string{program} + " -c " + path + " > " + out);
    EXPECT_EQ(done.status, 0) << done.output;
    return read_file(out);
}

class RoundTrip : public ::testing::TestWithParam<std::tuple<FileFormat, Carrier>> {
  protected:
    Contents carry(const std::string& path) {
        const Carrier carrier = std::get<Carrier>(GetParam());
        const bool gzip = carrier == Carrier::gzip_file || carrier == Carrier::gzip_pipe;
        const bool zstd = carrier == Carrier::zstd_file || carrier == Carrier::zstd_pipe;
        if (gzip || zstd)
            write_file(path, compressed(path, gzip ? "gzip" : "zstd"));
        const bool piped = carrier == Carrier::pipe || carrier == Carrier::gzip_pipe ||
                           carrier == Carrier::zstd_pipe;
        if (!piped)
            return read_all(path);
        const FilledPipe pipe{read_file(path)};
        return read_all(pipe.path());
    }

    TempDir dir_;
};

TEST_P(RoundTrip, GivesTheSameRecords) {
    const FileFormat format = std::get<FileFormat>(GetParam());
    const auto records = varied_records();
    write_capture(dir_.path("capture"), format, records, {mounted(41, "/mnt/a b")});
    const Contents contents = carry(dir_.path("capture"));
    EXPECT_FALSE(contents.failed) << contents.error.message;
    EXPECT_TRUE(contents.warnings.empty()) << contents.all_warnings();
    ASSERT_EQ(contents.records.size(), records.size());
    for (std::size_t i = 0; i < records.size(); ++i)
        EXPECT_TRUE(same(records[i], contents.records[i])) << "record " << i;
    ASSERT_EQ(contents.connections.size(), 1u);
    EXPECT_EQ(contents.connections[0].conn, ConnId{41});
}

std::string name_of(const ::testing::TestParamInfo<RoundTrip::ParamType>& instance) {
    constexpr std::array formats{"Pcapng", "Pcap"};
    constexpr std::array carriers{"File", "Pipe", "GzipFile", "ZstdFile", "GzipPipe", "ZstdPipe"};
    const auto [format, carrier] = instance.param;
    return std::string{formats[static_cast<std::size_t>(format)]} +
           carriers[static_cast<std::size_t>(carrier)];
}

INSTANTIATE_TEST_SUITE_P(
    AllCarriers, RoundTrip,
    ::testing::Combine(::testing::Values(FileFormat::pcapng, FileFormat::pcap),
                       ::testing::Values(Carrier::file, Carrier::pipe, Carrier::gzip_file,
                                         Carrier::zstd_file, Carrier::gzip_pipe,
                                         Carrier::zstd_pipe)),
    name_of);

TEST(Frames, CountPacketsAndAMessageBearsItsFirst) {
    const TempDir dir;
    write_capture(dir.path("c"), FileFormat::pcapng,
                  {message(1, 50), message(2, 3 * max_packet_bytes), message(3, 50)}, {});
    const Contents contents = read_all(dir.path("c"));
    ASSERT_EQ(contents.records.size(), 3u);
    EXPECT_EQ(contents.records[0].record.frame, 1u);
    EXPECT_EQ(contents.records[1].record.frame, 2u);
    EXPECT_EQ(contents.records[2].record.frame, 5u);
}

TEST(Comments, ComeBackFromPcapng) {
    const TempDir dir;
    auto record = message(1, 50);
    record.comment = "look here";
    auto long_record = message(2, 2 * max_packet_bytes);
    long_record.comment = "and here";
    write_capture(dir.path("c"), FileFormat::pcapng, {record, long_record}, {});
    const Contents contents = read_all(dir.path("c"));
    ASSERT_EQ(contents.records.size(), 2u);
    EXPECT_EQ(contents.records[0].comment, "look here");
    EXPECT_EQ(contents.records[1].comment, "and here");
}

TEST(ConnectionFacts, ComeBackFromPcapng) {
    const TempDir dir;
    Connection connection = mounted(41, "/mnt/100%\nnew line \xff");
    connection.began_ns = 1'700'000'000'123'456'789;
    write_capture(dir.path("c"), FileFormat::pcapng, {}, {connection, mounted(42, "/mnt/ä")});
    const Contents contents = read_all(dir.path("c"));
    ASSERT_EQ(contents.connections.size(), 2u) << contents.error.message;
    const Connection& back = contents.connections[0];
    EXPECT_EQ(back.conn, connection.conn);
    EXPECT_EQ(back.mount_point, connection.mount_point);
    EXPECT_EQ(back.fs_type, connection.fs_type);
    EXPECT_EQ(back.source, connection.source);
    EXPECT_EQ(back.options, connection.options);
    EXPECT_EQ(back.server_name, connection.server_name);
    EXPECT_EQ(back.server_pid, connection.server_pid);
    EXPECT_EQ(back.kernel, connection.kernel);
    EXPECT_EQ(back.tier, connection.tier);
    EXPECT_EQ(back.cannot_see, connection.cannot_see);
    EXPECT_EQ(back.minor, connection.minor);
    EXPECT_EQ(back.init_flags, connection.init_flags);
    EXPECT_EQ(back.began_ns, connection.began_ns);
    EXPECT_EQ(contents.connections[1].mount_point, "/mnt/ä");
}

// Descriptions and messages in the order in which they are to be written: a number is a message.
Contents described(const std::vector<std::variant<Connection, std::uint64_t>>& steps) {
    const TempDir dir;
    auto sink = create_capture(dir.path("c"), FileFormat::pcapng);
    for (const auto& step : steps) {
        if (const auto* connection = std::get_if<Connection>(&step))
            EXPECT_TRUE((*sink)->describe(*connection));
        else
            EXPECT_TRUE((*sink)->write(message(std::get<std::uint64_t>(step), 50).view()));
    }
    EXPECT_TRUE((*sink)->flush());
    auto source = open_capture(dir.path("c"));
    Contents contents = read_all(**source);
    const auto revised = (*source)->revised();
    for (const std::size_t index : revised)
        contents.warnings.push_back("revised " + contents.connections[index].mount_point);
    return contents;
}

Connection begun(std::int64_t began_ns, std::string mount_point) {
    Connection connection = mounted(41, std::move(mount_point));
    connection.server_pid = 0;
    connection.began_ns = began_ns;
    return connection;
}

TEST(ConnectionFacts, WhatBecomesKnownLaterCompletesTheConnection) {
    const Contents contents = described({begun(7, ""), 1u, begun(7, "/a"), 2u});
    ASSERT_EQ(contents.connections.size(), 1u);
    EXPECT_EQ(contents.connections[0].mount_point, "/a");
    EXPECT_EQ(contents.records[0].record.conn, contents.records[1].record.conn);
    EXPECT_EQ(contents.warnings, std::vector<std::string>{"revised /a"});
}

TEST(ConnectionFacts, WhatIsKnownIsNotLostToADescriptionThatSaysLess) {
    const Contents contents = described({begun(7, "/a"), 1u, begun(7, ""), 2u});
    ASSERT_EQ(contents.connections.size(), 1u);
    EXPECT_EQ(contents.connections[0].mount_point, "/a");
    EXPECT_TRUE(contents.warnings.empty());
}

TEST(ConnectionFacts, ANumberThatComesAgainIsAnotherConnectionFromItsInitOn) {
    const Contents contents = described({begun(0, "/a"), 1u, begun(7, ""), 2u, begun(7, "/a"), 3u});
    ASSERT_EQ(contents.connections.size(), 2u);
    EXPECT_NE(contents.records[0].record.conn, contents.records[1].record.conn);
    EXPECT_EQ(contents.records[1].record.conn, contents.records[2].record.conn);
    EXPECT_EQ(contents.connections[1].mount_point, "/a");
}

TEST(ConnectionFacts, SayingTheSameAgainMakesNoInterface) {
    const TempDir dir;
    write_capture(dir.path("once"), FileFormat::pcapng, {}, {mounted(41, "/a")});
    write_capture(dir.path("twice"), FileFormat::pcapng, {},
                  {mounted(41, "/a"), mounted(41, "/a")});
    EXPECT_EQ(read_file(dir.path("once")), read_file(dir.path("twice")));
}

TEST(Rewind, GivesTheSameOnceMore) {
    const TempDir dir;
    write_capture(dir.path("c"), FileFormat::pcapng, varied_records(), {mounted(41, "/m")});
    run("gzip -k " + dir.path("c"));
    write_capture(dir.path("p"), FileFormat::pcap, varied_records(), {});
    for (const char* name : {"c", "c.gz", "p"}) {
        auto source = open_capture(dir.path(name));
        ASSERT_TRUE(source) << source.error().message;
        const Contents first = read_all(**source);
        ASSERT_TRUE((*source)->rewindable());
        ASSERT_TRUE((*source)->rewind());
        const Contents second = read_all(**source);
        ASSERT_EQ(first.records.size(), varied_records().size()) << name;
        ASSERT_EQ(second.records.size(), first.records.size()) << name;
        for (std::size_t i = 0; i < first.records.size(); ++i) {
            EXPECT_TRUE(same(first.records[i], second.records[i]));
            EXPECT_EQ(first.records[i].record.frame, second.records[i].record.frame);
        }
        EXPECT_EQ(second.connections.size(), 1u);
    }
}

TEST(Rewind, IsRefusedForPipes) {
    const TempDir dir;
    write_capture(dir.path("c"), FileFormat::pcapng, varied_records(), {});
    const FilledPipe pipe{read_file(dir.path("c"))};
    auto source = open_capture(pipe.path());
    ASSERT_TRUE(source);
    EXPECT_FALSE((*source)->rewindable());
    EXPECT_FALSE((*source)->rewind());
    EXPECT_EQ((*source)->random_access(), nullptr);
}

TEST(StandardInput, IsReadFromPipesAndFiles) {
    const TempDir dir;
    write_capture(dir.path("c"), FileFormat::pcapng, varied_records(), {});
    const int saved = dup(STDIN_FILENO);
    {
        const FilledPipe pipe{read_file(dir.path("c"))};
        dup2(pipe.fd(), STDIN_FILENO);
        EXPECT_EQ(read_all("-").records.size(), varied_records().size());
    }
    const int file = open(dir.path("c").c_str(), O_RDONLY);
    dup2(file, STDIN_FILENO);
    auto source = open_capture("-");
    EXPECT_TRUE(source && (*source)->rewindable());
    EXPECT_EQ(read_all(**source).records.size(), varied_records().size());
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(file);
}

TEST(Sections, ConcatenatedCapturesAreOneCapture) {
    const TempDir dir;
    write_capture(dir.path("a"), FileFormat::pcapng, {message(1, 50)}, {mounted(41, "/a")});
    auto other = message(2, 60);
    other.record.conn = ConnId{42};
    write_capture(dir.path("b"), FileFormat::pcapng, {other}, {mounted(42, "/b")});
    auto bytes = read_file(dir.path("a"));
    const auto more = read_file(dir.path("b"));
    bytes.insert(bytes.end(), more.begin(), more.end());
    write_file(dir.path("ab"), bytes);
    const Contents contents = read_all(dir.path("ab"));
    ASSERT_EQ(contents.records.size(), 2u);
    EXPECT_EQ(contents.records[1].record.conn, ConnId{42});
    EXPECT_EQ(contents.records[1].record.frame, 2u);
    ASSERT_EQ(contents.connections.size(), 2u);
    EXPECT_EQ(contents.connections[1].mount_point, "/b");
}

TEST(Sections, SameNumberOnAnotherMountIsAnotherConnection) {
    const TempDir dir;
    write_capture(dir.path("a"), FileFormat::pcapng, {message(1, 50)}, {mounted(41, "/a")});
    write_capture(dir.path("b"), FileFormat::pcapng, {message(1, 60)}, {mounted(41, "/b")});
    auto bytes = read_file(dir.path("a"));
    for (const char* name : {"b", "a"}) {
        const auto more = read_file(dir.path(name));
        bytes.insert(bytes.end(), more.begin(), more.end());
    }
    write_file(dir.path("aba"), bytes);
    const Contents contents = read_all(dir.path("aba"));
    ASSERT_EQ(contents.records.size(), 3u);
    ASSERT_EQ(contents.connections.size(), 2u);
    EXPECT_EQ(contents.connections[0].mount_point, "/a");
    EXPECT_EQ(contents.connections[1].mount_point, "/b");
    EXPECT_EQ(contents.records[0].record.conn, contents.connections[0].conn);
    EXPECT_EQ(contents.records[1].record.conn, contents.connections[1].conn);
    EXPECT_EQ(contents.records[2].record.conn, contents.connections[0].conn);
}

} // namespace
} // namespace fusewire::test

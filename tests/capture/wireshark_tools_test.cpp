// Our files in the hands of tshark, capinfos, editcap and mergecap, and what these write in ours.
#include "capture/pseudo_header.h"
#include "tests/capture/records.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace fusewire::test {
namespace {

constexpr std::size_t long_message = 1024 * 1024 + 80; // a WRITE of 1 MiB

class WiresharkTools : public ::testing::Test {
  protected:
    void SetUp() override {
        const char* required = std::getenv("FUSEWIRE_REQUIRE_LIVE");
        const bool must_run = required != nullptr && std::strcmp(required, "1") == 0;
        if (run("tshark --version && capinfos --version && editcap --version && mergecap --version")
                .status == 0)
            return;
        if (must_run)
            FAIL() << "tshark, capinfos, editcap and mergecap are needed (package tshark)";
        GTEST_SKIP() << "tshark, capinfos, editcap or mergecap is missing (package tshark)";
    }

    // Runs a tool in the directory of the test; it has to succeed.
    std::string tool(const std::string& command) {
        const Outcome outcome = run("cd " + dir_.path("") + " && " + command);
        EXPECT_EQ(outcome.status, 0) << command << "\n" << outcome.output;
        return outcome.output;
    }

    std::size_t frames(const std::string& name) {
        const std::string numbers =
            tool("tshark -r " + name + " -T fields -e frame.number 2>/dev/null");
        return static_cast<std::size_t>(std::ranges::count(numbers, '\n'));
    }

    void write(const std::string& name, const std::vector<Kept>& records,
               const std::vector<Connection>& connections, FileFormat format = FileFormat::pcapng) {
        write_capture(dir_.path(name), format, records, connections);
    }

    void expect_same(const std::string& name, const std::vector<Kept>& records) {
        const Contents contents = read_all(dir_.path(name));
        EXPECT_FALSE(contents.failed) << contents.error.message;
        EXPECT_TRUE(contents.warnings.empty()) << contents.all_warnings();
        ASSERT_EQ(contents.records.size(), records.size()) << name;
        for (std::size_t i = 0; i < records.size(); ++i)
            EXPECT_TRUE(same(records[i], contents.records[i])) << name << ", record " << i;
    }

    TempDir dir_;
};

// A message long enough for five packets between two short ones.
std::vector<Kept> with_long_message() {
    return {message(1, 56), message(2, long_message), message(2, 24, Direction::reply)};
}

void expect_same_facts(const Connection& expected, const Connection& actual) {
    EXPECT_EQ(actual.conn, expected.conn);
    EXPECT_EQ(actual.mount_point, expected.mount_point);
    EXPECT_EQ(actual.options, expected.options);
    EXPECT_EQ(actual.server_name, expected.server_name);
    EXPECT_EQ(actual.server_pid, expected.server_pid);
    EXPECT_EQ(actual.kernel, expected.kernel);
    EXPECT_EQ(actual.tier, expected.tier);
    EXPECT_EQ(actual.cannot_see, expected.cannot_see);
    EXPECT_EQ(actual.minor, expected.minor);
    EXPECT_EQ(actual.init_flags, expected.init_flags);
}

TEST_F(WiresharkTools, TsharkReadsEveryPacketOfALongMessage) {
    for (const FileFormat format : {FileFormat::pcapng, FileFormat::pcap}) {
        write("c", with_long_message(), {mounted(41, "/mnt/a b")}, format);
        EXPECT_EQ(frames("c"), 7u);
        const std::string longest =
            tool("tshark -r c -T fields -e frame.len 2>/dev/null | sort -n | tail -1");
        EXPECT_EQ(longest, std::to_string(max_packet_length) + "\n");
    }
}

TEST_F(WiresharkTools, TsharkShowsTimeInterfaceDirectionAndComment) {
    auto record = message(1, 56);
    record.comment = "seen";
    write("c", {record}, {mounted(41, "/mnt/a b")});
    EXPECT_EQ(tool("tshark -r c -T fields -e frame.time_epoch -e frame.interface_name "
                   "-e frame.packet_flags_direction -e frame.comment 2>/dev/null"),
              "1700000000.123457789\t/mnt/a b\t0x00000002\tseen\n");
}

TEST_F(WiresharkTools, CapinfosSeesEveryInterface) {
    write("c", with_long_message(), {mounted(41, "/mnt/a b"), mounted(42, "/mnt/ä")});
    const std::string infos = tool("capinfos c");
    for (const char* line :
         {"File encapsulation:  USER 0", "nanoseconds (9)", "Number of interfaces in file: 2",
          "Name = /mnt/a b", "Name = /mnt/ä", "fusewire:tier=tp", "Number of packets:   7"})
        EXPECT_NE(infos.find(line), std::string::npos) << line << "\n" << infos;
}

TEST_F(WiresharkTools, ALongMessageComesBackWholeThroughEveryTool) {
    for (const FileFormat format : {FileFormat::pcapng, FileFormat::pcap}) {
        write("c", with_long_message(), {mounted(41, "/mnt/a")}, format);
        tool("editcap c edited");
        tool("mergecap -w merged c");
        tool("tshark -r c -w saved");
        for (const char* name : {"edited", "merged", "saved"})
            expect_same(name, with_long_message());
    }
}

TEST_F(WiresharkTools, PcapngAndPcapTurnIntoEachOther) {
    write("ng", with_long_message(), {mounted(41, "/mnt/a")});
    tool("editcap -F nsecpcap ng classic");
    expect_same("classic", with_long_message());
    tool("editcap -F pcapng classic again");
    expect_same("again", with_long_message());
}

TEST_F(WiresharkTools, AMissingMiddlePacketIsMarked) {
    for (const FileFormat format : {FileFormat::pcapng, FileFormat::pcap}) {
        write("c", with_long_message(), {mounted(41, "/mnt/a")}, format);
        tool("editcap c cut 4"); // packets 2 to 6 are the long message
        const Contents contents = read_all(dir_.path("cut"));
        ASSERT_EQ(contents.records.size(), 3u);
        const Kept& marked = contents.records[1];
        EXPECT_EQ(marked.record.flags, record_gap);
        EXPECT_EQ(marked.record.frame, 2u);
        EXPECT_EQ(marked.record.wire_length, long_message);
        ByteVector expected = with_long_message()[1].bytes;
        std::fill_n(expected.begin() + 2 * max_packet_bytes, max_packet_bytes, std::byte{0});
        EXPECT_TRUE(marked.bytes == expected);
        EXPECT_EQ(contents.records[2].record.frame, 6u);
    }
}

TEST_F(WiresharkTools, AMissingFirstOrLastPacketIsMarked) {
    write("c", with_long_message(), {mounted(41, "/mnt/a")});
    tool("editcap c first 2 && editcap c last 6");
    const Contents first = read_all(dir_.path("first"));
    ASSERT_EQ(first.records.size(), 3u);
    EXPECT_EQ(first.records[1].record.flags, record_gap);
    EXPECT_EQ(first.records[1].bytes.size(), long_message);
    EXPECT_EQ(first.records[1].bytes[0], std::byte{0});
    const Contents last = read_all(dir_.path("last"));
    ASSERT_EQ(last.records.size(), 3u);
    EXPECT_EQ(last.records[1].record.flags, record_gap | record_truncated);
    EXPECT_EQ(last.records[1].bytes.size(), 4 * max_packet_bytes);
    EXPECT_EQ(last.records[1].record.wire_length, long_message);
}

TEST_F(WiresharkTools, PacketsCutByEditcapAreTruncatedMessages) {
    write("c", {message(1, 500), message(2, 30)}, {mounted(41, "/mnt/a")});
    tool("editcap -s 164 c cut");
    const Contents contents = read_all(dir_.path("cut"));
    ASSERT_EQ(contents.records.size(), 2u);
    EXPECT_EQ(contents.records[0].bytes.size(), 100u);
    EXPECT_EQ(contents.records[0].record.flags, record_truncated);
    EXPECT_EQ(contents.records[1].record.flags, 0u);
}

TEST_F(WiresharkTools, ConnectionFactsSurviveEditcapAndMergecap) {
    const Connection a = mounted(41, "/mnt/a %\n b");
    const Connection b = mounted(42, "/mnt/ä");
    auto other = message(2, 60);
    other.record.conn = ConnId{42};
    write("a", {message(1, 56)}, {a});
    write("b", {other}, {b});
    tool("editcap a edited && mergecap -w merged a b && mergecap -I none -w apart a b && "
         "tshark -r a -w saved");
    for (const char* name : {"edited", "saved", "merged", "apart"}) {
        const Contents contents = read_all(dir_.path(name));
        ASSERT_GE(contents.connections.size(), 1u) << name;
        expect_same_facts(a, contents.connections[0]);
    }
    for (const char* name : {"merged", "apart"}) {
        const Contents contents = read_all(dir_.path(name));
        ASSERT_EQ(contents.connections.size(), 2u) << name;
        expect_same_facts(b, contents.connections[1]);
        EXPECT_EQ(contents.records[1].record.conn, ConnId{42});
    }
}

// Packets with equal times are what makes mergecap mix the packets of two messages.
TEST_F(WiresharkTools, MessagesMixedByMergecapComeApartAgain) {
    auto a = message(1, 900'000);
    auto b = message(2, 800'000);
    b.record.conn = ConnId{42};
    b.record.time_ns = a.record.time_ns;
    write("a", {a}, {mounted(41, "/mnt/a")});
    write("b", {b}, {mounted(42, "/mnt/b")});
    // editcap takes single packets; appending them in turn mixes them for certain.
    tool("for i in 1 2 3 4; do editcap -r a a$i $i; editcap -r b b$i $i; done; "
         "mergecap -a -w mixed a1 b1 a2 b2 a3 b3 a4 b4; mergecap -w merged a b");
    for (const char* name : {"mixed", "merged"}) {
        const Contents contents = read_all(dir_.path(name));
        EXPECT_TRUE(contents.warnings.empty()) << contents.all_warnings();
        ASSERT_EQ(contents.records.size(), 2u) << name;
        // Of packets with equal times mergecap takes any first.
        const bool a_first = contents.records[0].record.message_number == 1;
        EXPECT_TRUE(same(a, contents.records[a_first ? 0 : 1])) << name;
        EXPECT_TRUE(same(b, contents.records[a_first ? 1 : 0])) << name;
    }
}

TEST_F(WiresharkTools, CommentsMadeWithEditcapAreRead) {
    write("c", {message(1, 56), message(2, 56)}, {mounted(41, "/mnt/a")});
    tool("editcap -a '2:strange reply' c commented");
    const Contents contents = read_all(dir_.path("commented"));
    ASSERT_EQ(contents.records.size(), 2u);
    EXPECT_EQ(contents.records[0].comment, "");
    EXPECT_EQ(contents.records[1].comment, "strange reply");
}

TEST_F(WiresharkTools, LossAndRefusedRepliesSurvive) {
    std::vector<Kept> records{message(1, 56), message(2, 0, Direction::write_result),
                              message(3, 0, Direction::loss)};
    records[1].record.result = -22;
    records[2].record.lost = 9;
    records[2].record.flags = record_lost_before;
    for (const FileFormat format : {FileFormat::pcapng, FileFormat::pcap}) {
        write("c", records, {mounted(41, "/mnt/a")}, format);
        tool("editcap c edited && mergecap -w merged c");
        EXPECT_EQ(frames("c"), 3u);
        expect_same("edited", records);
        expect_same("merged", records);
    }
}

} // namespace
} // namespace fusewire::test

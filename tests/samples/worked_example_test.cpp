// The worked exchange of the LOOKUP_HANDLE RFC v3, and of the same on later COMPOUND versions, written out by
// hand from the layout of their structs.
#include "dissector/opcodes.h"
#include "tests/samples/sample_files.h"

#include <gtest/gtest.h>

#include "samples/builder/write_sample.h"

namespace fusewire::samples {
namespace {

const std::string zero8(16, '0');
const std::string ids = "e8030000e80300009210000000000000"; // uid, gid, pid, extlen and padding

const std::string request = "c9000000360000001000000000000000" + zero8 + ids + // COMPOUND
                            "0200000000000000ca01000000000000" + zero8 +       // two, room for 458
                            "49000000370000000000000000000000"
                            "2100000000000000" +
                            ids +                  // LOOKUP_HANDLE
                            "66696c652e74787400" + // file.txt
                            "1800000021000000"
                            "0c00112233445566778899aabbcc0000" + // parent's fhandle
                            "40000000340000000000000000000000"
                            "0100000000000000" +
                            ids + // STATX
                            zero8 + zero8 + "00000000ff0f0000";

const std::string reply = "96010000000000001000000000000000" +              // COMPOUND
                          std::string("02000000000000000000000000000000") + // two
                          "46000000000000000000000000000000" +              // LOOKUP_HANDLE
                          "42000000000000000700000000000000"
                          "0100000000000000" +
                          zero8 + zero8 + "0c00a1a2a3a4a5a6a7a8a9aaabac" + // the node's fhandle
                          "30010000000000000000000000000000" +             // STATX
                          "0100000000000000" + zero8 + zero8 + zero8 +     // attr_valid
                          "ff0f000000100000" + zero8 +                     // mask, blksize
                          "01000000e8030000"
                          "e8030000a4810000" +                 // nlink, ids, mode
                          "42000000000000000500000000000000" + // ino, size
                          "0800000000000000" +
                          zero8 +                              // blocks
                          "22dc9e69000000000100000000000000" + // atime
                          "50d99e69000000000000000000000000" + // btime
                          "22dc9e69000000000100000000000000" + // ctime
                          "22dc9e69000000000100000000000000" + // mtime
                          std::string(2 * 128, '0');           // devices and spare

// The same exchange as COMPOUND v6 and v7 would carry it. Replies differ in the head, and in v6 in the
// unique of the second operation.
const std::string no_ids(32, '0');
const std::string name_and_ext = "66696c652e74787400"
                                 "1800000021000000"
                                 "0c00112233445566778899aabbcc0000";
const std::string statx_in = zero8 + zero8 + "00000000ff0f0000";
const std::string request_v6 = "c1000000360000001000000000000000" + zero8 + ids +
                               "00000000ca010000" + zero8 +
                               "49000000370000000000000000000000"
                               "2100000000000000" +
                               no_ids + name_and_ext +
                               "40000000340000000100000000000000"
                               "0100000000000000" +
                               no_ids + statx_in;
const std::string request_v7 = "c9000000360000001000000000000000" + zero8 + ids + zero8 + zero8 +
                               "ff000000" // no dependency
                               "49000000370000000000000000000000"
                               "2100000000000000"
                               "e8030000e80300009210000003000000" +
                               name_and_ext +
                               "00000000" // on the first operation
                               "40000000340000000000000000000000" +
                               zero8 + ids + statx_in;

std::string reply_with(std::string_view compound_out, std::string_view second_unique) {
    std::string bytes = reply;
    bytes.replace(2 * 16, compound_out.size(), compound_out);
    bytes.replace(2 * (102 + 8), second_unique.size(), second_unique);
    return bytes;
}

Sample example(const std::string& name) {
    auto samples = build_samples_from((samples_folder() / (name + ".txt")).string());
    return samples && samples->front().records.size() == 2 ? samples->front() : Sample{};
}

Sample worked_example() {
    auto samples = build_samples_from((samples_folder() / "lookup-handle-worked.txt").string());
    return samples ? samples->front() : Sample{};
}

TEST(WorkedExample, HasTheBytesOfTheRfc) {
    const Sample sample = worked_example();
    ASSERT_EQ(sample.records.size(), 2u);
    EXPECT_EQ(request.size(), 2 * 201u);
    EXPECT_EQ(reply.size(), 2 * 406u);
    EXPECT_EQ(hex(sample.records[0].bytes), request);
    EXPECT_EQ(hex(sample.records[1].bytes), reply);
}

TEST(WorkedExample, IsShippedAsRawRecords) {
    const std::filesystem::path path = samples_folder() / "lookup-handle-worked.raw";
    const Sample sample = worked_example();
    ASSERT_TRUE(!updates_golden() || write_raw(sample, path.string()));
    EXPECT_EQ(contents_of(path), as_raw(sample));
    EXPECT_EQ(std::filesystem::file_size(path), 2 * 16u + 201u + 406u);
}

TEST(WorkedExample, HasTheBytesOfCompoundV6) {
    const Sample sample = example("lookup-handle-on-v6");
    ASSERT_EQ(sample.records.size(), 2u);
    EXPECT_EQ(request_v6.size(), 2 * 193u);
    EXPECT_EQ(hex(sample.records[0].bytes), request_v6);
    EXPECT_EQ(hex(sample.records[1].bytes), reply_with("00", "01"));
}

TEST(WorkedExample, HasTheBytesOfCompoundV7) {
    const Sample sample = example("lookup-handle-on-v7");
    ASSERT_EQ(sample.records.size(), 2u);
    EXPECT_EQ(request_v7.size(), 2 * 201u);
    EXPECT_EQ(hex(sample.records[0].bytes), request_v7);
    EXPECT_EQ(hex(sample.records[1].bytes), reply_with("00", "00"));
}

TEST(WorkedExample, IsRecognisedAndDecodedToTheLastByteInEveryVersion) {
    const std::pair<const char*, DialectName> versions[] = {
        {"lookup-handle-worked", DialectName::lookup_handle_v3},
        {"lookup-handle-on-v6", DialectName::compound_v6},
        {"lookup-handle-on-v7", DialectName::compound_v7},
    };
    for (const auto& [name, dialect] : versions) {
        const Sample sample = example(name);
        SampleSource source(sample);
        std::string fhandles;
        look_at(source, DialectName::unknown, [&](const Decoded& decoded) {
            EXPECT_EQ(decoded.message.dialect, dialect) << name;
            EXPECT_TRUE(decoded.message.findings.empty()) << summary(decoded);
            EXPECT_EQ(decoded.message.subs.size(), 2u);
            for (const Node& node : decoded.message.nodes) {
                EXPECT_TRUE(node.field != &field::trailing && node.field != &field::payload)
                    << summary(decoded);
                if (node.field == &field::fhandle_bytes)
                    fhandles += hex(decoded.message.bytes_of(node)) + " ";
            }
        });
        EXPECT_EQ(fhandles, "112233445566778899aabbcc a1a2a3a4a5a6a7a8a9aaabac ") << name;
    }
}

TEST(WorkedExample, OneChangedByteIsNoticed) {
    Sample sample = worked_example();
    ASSERT_FALSE(sample.records.empty());
    sample.records[0].bytes[113] ^= std::byte{1};
    EXPECT_NE(hex(sample.records[0].bytes), request);
}

} // namespace
} // namespace fusewire::samples

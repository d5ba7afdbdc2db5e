// Comments and marks: written into a pcapng file of which every other byte stays as it is.
#include "capture/annotate.h"
#include "dissector/comment_mark.h"
#include "tests/capture/pcapng_bytes.h"
#include "tests/capture/records.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

namespace fusewire::test {
namespace {

using files::ByteOrder;
using Options = PcapngBytes::Options;

const PcapngBytes::Option flags{2, {std::byte{1}, {}, {}, {}}};

PcapngBytes::Option comment(std::string_view text) {
    return {1, bytes_of(text)};
}

class Annotate : public ::testing::Test {
  protected:
    ByteVector annotated(const ByteVector& file, const Annotations& changes) {
        write_file(in_, file);
        const auto done = annotate(in_, out_, changes);
        EXPECT_TRUE(done) << done.error().message;
        return done ? read_file(out_) : ByteVector();
    }
    std::string refused(const ByteVector& file, const Annotations& changes) {
        write_file(in_, file);
        const auto done = annotate(in_, out_, changes);
        EXPECT_FALSE(done);
        EXPECT_FALSE(std::filesystem::exists(out_));
        return done ? std::string() : done.error().message;
    }
    static PacketNote noted(std::string text) { return {std::move(text), std::nullopt}; }
    static PacketNote marked(bool is) { return {std::nullopt, is}; }

    TempDir dir_;
    std::string in_ = dir_.path("in");
    std::string out_ = dir_.path("out");
};

// A file in which the second packet has these options; odd lengths, other blocks, two sections.
ByteVector file_with(ByteOrder order, const Options& options, const Options& first_section = {}) {
    PcapngBytes file(order);
    if (first_section.empty())
        file.section();
    else
        file.block(0x0a0d0d0a, file.number(std::uint32_t{0x1a2b3c4d}) +
                                   file.number(std::uint16_t{1}) + file.number(std::uint16_t{0}) +
                                   file.number(UINT64_MAX) + file.number(std::uint16_t{1}) +
                                   file.number(static_cast<std::uint16_t>(4)) +
                                   first_section.front().value + file.number(std::uint32_t{0}));
    return file.interface(147)
        .packet(0, 1, packet_of(1, 57), {comment("other"), flags})
        .block(0x0bad, bytes_of("custom"))
        .packet(0, 2, packet_of(2, 43), options)
        .block(5, bytes_of("statistics"))
        .section()
        .interface(147)
        .packet(0, 3, packet_of(3, 40), {flags})
        .raw(bytes_of("tail"))
        .bytes();
}

TEST_F(Annotate, WritesACommentAndNothingElse) {
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
        const ByteVector plain = file_with(order, {flags});
        // The custom block is frame 2, as tshark counts.
        EXPECT_EQ(annotated(plain, {{{3, noted("hello")}}, {}}),
                  file_with(order, {flags, comment("hello")}));
        EXPECT_EQ(annotated(file_with(order, {}), {{{3, noted("hello")}}, {}}),
                  file_with(order, {comment("hello")}));
    }
}

TEST_F(Annotate, ReplacesAndRemovesComments) {
    const auto file = [](const Options& options) { return file_with(ByteOrder::little, options); };
    const ByteVector two = file({comment("a"), flags, comment("b")});
    EXPECT_EQ(annotated(two, {{{3, noted("c")}}, {}}), file({comment("c"), flags}));
    EXPECT_EQ(annotated(two, {{{3, noted("")}}, {}}), file({flags}));
}

TEST_F(Annotate, MarksBesideComments) {
    const auto file = [](const Options& options) { return file_with(ByteOrder::big, options); };
    const ByteVector two = file({comment("a"), flags, comment("b")});
    const ByteVector with_mark =
        file({comment("a"), flags, comment("b"), comment("fusewire:mark")});
    EXPECT_EQ(annotated(two, {{{3, marked(true)}}, {}}), with_mark);
    EXPECT_EQ(annotated(with_mark, {{{3, marked(true)}}, {}}), with_mark);
    EXPECT_EQ(annotated(with_mark, {{{3, marked(false)}}, {}}), two);
    EXPECT_EQ(annotated(with_mark, {{{3, noted("")}}, {}}),
              file({flags, comment("fusewire:mark")}));
}

TEST_F(Annotate, WithoutChangesCopiesTheFile) {
    const ByteVector file = file_with(ByteOrder::little, {comment("a")});
    EXPECT_EQ(annotated(file, {}), file);
}

TEST_F(Annotate, CommentsTheCaptureInItsFirstSection) {
    const ByteVector plain = file_with(ByteOrder::little, {});
    EXPECT_EQ(annotated(plain, {{}, "why?"}), file_with(ByteOrder::little, {}, {comment("why?")}));
    EXPECT_EQ(capture_comment(out_), "why?");
    EXPECT_EQ(capture_comment(in_), "");
}

TEST_F(Annotate, CorrectsTheLengthOfASectionThatHasOne) {
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
        const auto file = [&](const Options& options) {
            PcapngBytes body(order);
            body.interface(147).packet(0, 1, packet_of(1, 40), options);
            PcapngBytes whole(order);
            whole.block(0x0a0d0d0a, whole.number(std::uint32_t{0x1a2b3c4d}) +
                                        whole.number(std::uint16_t{1}) +
                                        whole.number(std::uint16_t{0}) +
                                        whole.number(static_cast<std::uint64_t>(body.size())));
            return whole.raw(body.bytes()).section().interface(147).bytes();
        };
        EXPECT_EQ(annotated(file({}), {{{1, noted("longer")}}, {}}), file({comment("longer")}));
        EXPECT_EQ(annotated(file({comment("longer")}), {{{1, noted("")}}, {}}).size(),
                  file({flags}).size() - 8);
    }
}

TEST_F(Annotate, KeepsDamageAndNumbersFramesAsTheReaderDoes) {
    const auto file = [](const Options& options) {
        return PcapngBytes()
            .section()
            .interface(147)
            .packet(0, 1, packet_of(1, 40))
            .raw(bytes_of("garbage!garbage!"))
            .packet(0, 2, packet_of(2, 40), options)
            .raw(bytes_of("cut"))
            .bytes();
    };
    EXPECT_EQ(annotated(file({}), {{{2, noted("here")}}, {}}), file({comment("here")}));
    const Contents contents = read_all(out_);
    ASSERT_EQ(contents.records.size(), 2U);
    EXPECT_EQ(contents.records[1].record.frame, 2U);
    EXPECT_EQ(contents.records[1].comment, "here");
}

// What is cut anywhere, or has any byte changed, is copied or refused; nothing else happens to it.
TEST_F(Annotate, TakesWhateverItIsGiven) {
    const ByteVector whole = file_with(ByteOrder::little, {comment("a"), flags});
    for (std::size_t size = 12; size < whole.size(); ++size) {
        write_file(in_, std::span(whole).first(size));
        if (annotate(in_, out_, {})) {
            EXPECT_EQ(read_file(out_),
                      ByteVector(whole.begin(), whole.begin() + static_cast<long>(size)));
        }
        static_cast<void>(annotate(in_, out_, {{{3, noted("x")}}, "y"}));
    }
    for (std::size_t at = 28; at < whole.size(); ++at) {
        ByteVector changed = whole;
        changed[at] ^= std::byte{0xff};
        write_file(in_, changed);
        if (annotate(in_, out_, {{{3, {"x", true}}}, "y"})) {
            EXPECT_LT(read_file(out_).size(), whole.size() + 80);
        }
    }
}

TEST_F(Annotate, RefusesFramesThatHaveNoRoom) {
    const ByteVector file = file_with(ByteOrder::little, {});
    EXPECT_NE(refused(file, {{{2, noted("x")}}, {}}).find("frame 2 is in a block"),
              std::string::npos);
    EXPECT_NE(refused(file, {{{9, noted("x")}}, {}}).find("not all of the frames"),
              std::string::npos);
    const ByteVector simple =
        PcapngBytes().section().interface(147).simple_packet(packet_of(1, 40)).bytes();
    EXPECT_NE(refused(simple, {{{1, noted("x")}}, {}}).find("frame 1"), std::string::npos);
    EXPECT_NE(refused(file, {{{1, noted(std::string(65536, 'x'))}}, {}}).find("65535"),
              std::string::npos);
}

TEST_F(Annotate, ComesInThePlaceOfItsInput) {
    write_file(in_, file_with(ByteOrder::little, {}));
    chmod(in_.c_str(), 0644);
    ASSERT_TRUE(annotate(in_, in_, {{{3, noted("x")}}, {}}));
    EXPECT_EQ(read_file(in_), file_with(ByteOrder::little, {comment("x")}));
    struct stat status {};
    ASSERT_EQ(stat(in_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600U);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir_.path("")), {}), 1);
}

TEST_F(Annotate, WritesWhatALinkPointsTo) {
    write_file(in_, file_with(ByteOrder::little, {}));
    std::filesystem::create_symlink(in_, out_);
    ASSERT_TRUE(annotate(in_, out_, {{{3, noted("x")}}, {}}));
    EXPECT_TRUE(std::filesystem::is_symlink(out_));
    EXPECT_EQ(read_file(in_), file_with(ByteOrder::little, {comment("x")}));
}

TEST_F(Annotate, ReplacesNothingButFiles) {
    write_file(in_, file_with(ByteOrder::little, {}));
    const auto done = annotate(in_, "/dev/full", {});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::usage);
}

// A file size limit stops writing as a full disk does.
TEST_F(Annotate, WithoutRoomLeavesWhatIsThere) {
    const ByteVector before = file_with(ByteOrder::little, {});
    write_file(in_, before);
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    rlimit old{};
    getrlimit(RLIMIT_FSIZE, &old);
    const rlimit little{64, old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &little);
    const auto done = annotate(in_, in_, {{{3, noted("x")}}, {}});
    setrlimit(RLIMIT_FSIZE, &old);
    std::signal(SIGXFSZ, ignored);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().message,
              "cannot write " + in_ + ": File too large; nothing was changed");
    EXPECT_EQ(read_file(in_), before);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir_.path("")), {}), 1);
}

TEST_F(Annotate, IsCancelled) {
    write_file(in_, file_with(ByteOrder::little, {}));
    EXPECT_FALSE(annotate(in_, out_, {}, [](Progress) { return false; }));
    EXPECT_FALSE(std::filesystem::exists(out_));
}

TEST_F(Annotate, MakesPcapngOfPcap) {
    write_capture(in_, FileFormat::pcap, {message(1, 56), message(1, 24, Direction::reply)}, {});
    ASSERT_TRUE(annotate(in_, out_, {{{2, {"slow", true}}}, "all"}));
    const Contents contents = read_all(out_);
    ASSERT_EQ(contents.records.size(), 2U);
    EXPECT_EQ(contents.records[0].comment, "");
    EXPECT_EQ(contents.records[1].comment, "slow\nfusewire:mark");
    EXPECT_EQ(capture_comment(out_), "all");
}

TEST(Marks, AreToldFromComments) {
    const auto parts = [](std::string_view text) {
        const MarkedComment both = split_mark(text);
        return std::pair(both.text, both.marked);
    };
    EXPECT_EQ(parts("a\nfusewire:mark\nb"), std::pair(std::string("a\nb"), true));
    EXPECT_EQ(parts("fusewire:mark"), std::pair(std::string(), true));
    EXPECT_EQ(parts("a\n\nfusewire:marks"), std::pair(std::string("a\n\nfusewire:marks"), false));
    EXPECT_EQ(parts(""), std::pair(std::string(), false));
}

TEST_F(Annotate, IsReadByTshark) {
    if (run("tshark --version").status != 0)
        GTEST_SKIP() << "tshark is missing (package tshark)";
    write_capture(in_, FileFormat::pcapng, {message(1, 56), message(1, 24, Direction::reply)}, {});
    ASSERT_TRUE(annotate(in_, out_, {{{2, {"too slow", true}}}, {}}));
    EXPECT_EQ(run("tshark -r " + out_ + " -T fields -e frame.comment 2>/dev/null").output,
              "\ntoo slow,fusewire:mark\n");
    EXPECT_EQ(run("editcap " + out_ + " " + in_ + " && tshark -r " + in_ +
                  " -T fields -e frame.comment 2>/dev/null")
                  .output,
              "\ntoo slow,fusewire:mark\n");
}

} // namespace
} // namespace fusewire::test

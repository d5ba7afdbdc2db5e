#include "dissector/escape.h"

#include <gtest/gtest.h>

namespace fusewire {
namespace {

std::string escaped(std::string_view bytes) {
    std::string out;
    append_escaped(out, bytes);
    return out;
}

std::string json(std::string_view bytes) {
    std::string out;
    append_json_string(out, bytes);
    return out;
}

TEST(Escape, PlainTextAndUtf8StayAsTheyAre) {
    EXPECT_EQ(escaped("grün €"), "grün €");
}

TEST(Escape, TerminalControlsCannotPass) {
    EXPECT_EQ(escaped("\x1b[2J"), "\\x1b[2J");
    EXPECT_EQ(escaped("a\nb\t\"\\"), "a\\nb\\t\\\"\\\\");
    EXPECT_EQ(escaped("\xc2\x9b"
                      "1m"),
              "\\xc2\\x9b"
              "1m")
        << "C1 control";
    EXPECT_EQ(escaped("\x7f"), "\\x7f");
}

TEST(Escape, BytesThatAreNoUtf8AreShownAsHex) {
    EXPECT_EQ(escaped("\xff"), "\\xff");
    EXPECT_EQ(escaped("\xc0\x80"), "\\xc0\\x80") << "overlong NUL";
    EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "surrogate";
    EXPECT_EQ(escaped("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond U+10FFFF";
    EXPECT_EQ(escaped("\xe2\x82"), "\\xe2\\x82") << "cut short";
    EXPECT_FALSE(is_utf8("\xe2\x82"));
    EXPECT_TRUE(is_utf8("\xe2\x82\xac"));
}

TEST(Escape, JsonStringsAreAlwaysWellFormed) {
    EXPECT_EQ(json("a\"b\\c\n\x01\xff"), R"("a\"b\\c\n\u0001\u00ff")");
}

TEST(Escape, HexIsLowerCaseWithoutSeparators) {
    const std::byte bytes[] = {std::byte{0xAB}, std::byte{0x01}};
    std::string out;
    append_hex(out, bytes);
    EXPECT_EQ(out, "ab01");
}

} // namespace
} // namespace fusewire

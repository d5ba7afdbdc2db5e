#include "cli/capture_filter.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fusewire {

namespace {

using Words = std::vector<std::string>;

Result<MessageFilter> filter_of(const Words& opcodes) {
    FilterOptions options;
    options.opcodes = opcodes;
    return make_filter(options);
}

// The opcodes that a list lets pass; 256 stands for all from there on.
std::vector<std::size_t> passed(const Words& words) {
    const auto filter = filter_of(words);
    std::vector<std::size_t> numbers;
    if (!filter || !filter->opcodes)
        return numbers;
    for (std::size_t opcode = 0; opcode < filtered_opcodes; opcode++)
        if (filter->opcodes->opcodes.test(opcode))
            numbers.push_back(opcode);
    if (filter->opcodes->others)
        numbers.push_back(filtered_opcodes);
    return numbers;
}

std::string error_of(const Words& words) {
    const auto filter = filter_of(words);
    if (filter)
        return "no error";
    EXPECT_EQ(filter.error().code, Errc::usage);
    return filter.error().message;
}

using Numbers = std::vector<std::size_t>;

TEST(CaptureFilter, WithoutOptionsEverythingPasses) {
    const auto filter = make_filter({});
    ASSERT_TRUE(filter);
    EXPECT_FALSE(filter->opcodes);
    EXPECT_FALSE(filter->uid);
    EXPECT_FALSE(filter->errors);
    EXPECT_FALSE(filter->data_bytes);
    EXPECT_TRUE(filter->pids.empty());
    EXPECT_TRUE(filter->connections.empty());
    EXPECT_EQ(filter->server_pid, 0u);
}

TEST(CaptureFilter, OpcodesAreNamedOrNumberedInAnyCase) {
    EXPECT_EQ(passed({"READ"}), Numbers{15});
    EXPECT_EQ(passed({"read", "Write"}), (Numbers{15, 16}));
    EXPECT_EQ(passed({"1", "READ"}), (Numbers{1, 15}));
    EXPECT_EQ(passed({"0"}), Numbers{0});
    EXPECT_EQ(passed({"200"}), Numbers{200}); // unknown today
}

TEST(CaptureFilter, AnExclamationMarkLeavesOut) {
    const auto numbers = passed({"!READ", "!16"});
    EXPECT_EQ(numbers.size(), filtered_opcodes + 1 - 2);
    EXPECT_EQ(std::ranges::count(numbers, 15u), 0);
    EXPECT_EQ(std::ranges::count(numbers, 16u), 0);
    EXPECT_EQ(numbers.back(), filtered_opcodes);
}

TEST(CaptureFilter, OpcodesBeyondTheTableAreTakenTogether) {
    EXPECT_EQ(passed({"4096"}), Numbers{filtered_opcodes});
    EXPECT_EQ(passed({"256"}), Numbers{filtered_opcodes});
    EXPECT_EQ(passed({"255"}), Numbers{255});
    EXPECT_EQ(passed({"!300"}).size(), filtered_opcodes);
}

TEST(CaptureFilter, AnOpcodeWithSeveralNumbersMeansAllOfThem) {
    EXPECT_GT(passed({"COMPOUND"}).size(), 0u);
    EXPECT_GT(passed({"LOOKUP_HANDLE"}).size(), 0u);
}

TEST(CaptureFilter, AMixtureOfBothIsRefused) {
    EXPECT_EQ(error_of({"READ", "!WRITE"}),
              "--opcode: either all opcodes begin with ! or none does");
}

TEST(CaptureFilter, AnUnknownOpcodeBringsTheNearestOne) {
    EXPECT_EQ(error_of({"GETATR"}), "--opcode GETATR: no such opcode; did you mean GETATTR?");
    EXPECT_EQ(error_of({"!LOKUP"}), "--opcode LOKUP: no such opcode; did you mean LOOKUP?");
    EXPECT_EQ(error_of({"frobnicate"}),
              "--opcode frobnicate: no such opcode; fusewire fields lists them");
    for (const char* word : {"", "!", "-1", "1x", "0x10"})
        EXPECT_NE(error_of({word}).find("no such opcode"), std::string::npos) << word;
}

Result<MessageFilter> filter_of_user(const std::string& user) {
    FilterOptions options;
    options.uid = user;
    return make_filter(options);
}

TEST(CaptureFilter, AUserIsANumberOrAName) {
    EXPECT_EQ(filter_of_user("1000")->uid, 1000u);
    EXPECT_EQ(filter_of_user("0")->uid, 0u);
    EXPECT_EQ(filter_of_user("root")->uid, 0u);
}

TEST(CaptureFilter, AnUnknownUserIsNamed) {
    for (const char* user : {"no such user", "-1", "4294967295"}) {
        const auto filter = filter_of_user(user);
        ASSERT_FALSE(filter) << user;
        EXPECT_EQ(filter.error().code, Errc::usage);
        EXPECT_NE(filter.error().message.find(user), std::string::npos);
    }
}

TEST(CaptureFilter, NoDataIsNotTheSameAsNoLimit) {
    FilterOptions options;
    options.data_bytes = 0;
    EXPECT_EQ(make_filter(options)->data_bytes, 0u);
    options.data_bytes = std::uint64_t{1} << 40;
    EXPECT_EQ(make_filter(options)->data_bytes, UINT32_MAX - 1);
}

TEST(CaptureFilter, TheRestIsPassedOn) {
    FilterOptions options;
    options.pids = {10, 20};
    options.server_pid = 30;
    options.errors = true;
    const auto filter = make_filter(options);
    ASSERT_TRUE(filter);
    EXPECT_EQ(filter->pids, (std::vector<std::uint32_t>{10, 20}));
    EXPECT_EQ(filter->server_pid, 30u);
    EXPECT_TRUE(filter->errors);
}

} // namespace

} // namespace fusewire

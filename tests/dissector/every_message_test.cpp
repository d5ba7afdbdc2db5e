// What holds for any message: each byte is shown once, a cut capture loses nothing that it has, and
// both byte orders say the same.
#include "tests/dissector/node_coverage.h"
#include "tests/dissector/sample_messages.h"

#include <gtest/gtest.h>

#include <set>

using namespace fusewire;
using namespace fusewire::testing;

namespace {

constexpr ByteOrder orders[] = {ByteOrder::little, ByteOrder::big};
constexpr std::size_t whole = SIZE_MAX;

std::size_t wire_size(const Sample& sample, const Message& message) {
    return message.kind == MessageKind::request ? sample.request.size() : sample.reply.size();
}

std::string label(const Sample& sample, const Message& message) {
    return sample.name + (message.kind == MessageKind::request ? " request" : " reply");
}

} // namespace

TEST(EveryMessage, SamplesHaveEveryOpcodeAndNotification) {
    std::set<const Opcode*> opcodes;
    std::set<const Opcode*> codes;
    for (const Sample& sample : sample_messages(ByteOrder::little))
        for_each_message(sample, whole, [&](const DecodedMessage& decoded) {
            const Message& message = decoded.message();
            (message.kind == MessageKind::notification ? codes : opcodes).insert(message.opcode);
            for (const SubMessage& sub : message.subs)
                opcodes.insert(sub.opcode);
        });
    for (const Opcode* row : all_opcodes())
        EXPECT_TRUE(opcodes.contains(row)) << row->name << " " << row->number;
    for (const Opcode* row : all_notifications())
        EXPECT_TRUE(codes.contains(row)) << row->name;
}

TEST(EveryMessage, WholeOnesAreDecodedWithoutFindings) {
    for (const ByteOrder order : orders)
        for (const Sample& sample : sample_messages(order))
            for_each_message(sample, whole, [&](const DecodedMessage& decoded) {
                EXPECT_TRUE(decoded.clean()) << label(sample, decoded.message()) << "\n"
                                             << decoded.findings();
                EXPECT_EQ(decoded.message().order, order);
            });
}

TEST(EveryMessage, EachByteIsShownOnce) {
    for (const Sample& sample : sample_messages(ByteOrder::little))
        for_each_message(sample, whole, [&](const DecodedMessage& decoded) {
            SCOPED_TRACE(label(sample, decoded.message()));
            expect_each_byte_once(decoded.message(), wire_size(sample, decoded.message()));
            expect_children_inside_parents(decoded.message());
        });
}

TEST(EveryMessage, NothingIsUnexplained) {
    for (const Sample& sample : sample_messages(ByteOrder::little))
        for_each_message(sample, whole, [&](const DecodedMessage& decoded) {
            for (const Node& node : decoded.message().nodes) {
                EXPECT_NE(node.field, &field::trailing) << label(sample, decoded.message());
                EXPECT_NE(node.field, &field::payload) << label(sample, decoded.message());
                EXPECT_FALSE(node.cut) << label(sample, decoded.message());
            }
        });
}

TEST(EveryMessage, BothByteOrdersSayTheSame) {
    const std::vector<Sample> little = sample_messages(ByteOrder::little);
    const std::vector<Sample> big = sample_messages(ByteOrder::big);
    std::vector<std::vector<std::uint64_t>> values;
    for (const auto* list : {&little, &big})
        for (const Sample& sample : *list)
            for_each_message(sample, whole, [&](const DecodedMessage& decoded) {
                auto& row = values.emplace_back();
                for (const Node& node : decoded.message().nodes)
                    row.insert(row.end(), {node.offset, node.width, node.value});
            });
    const std::size_t half = values.size() / 2;
    ASSERT_EQ(values.size(), 2 * half);
    for (std::size_t i = 0; i < half; ++i)
        EXPECT_EQ(values[i], values[half + i]) << i;
}

TEST(EveryMessage, CutAnywhereShowsEachByteAtMostOnceAndMarksWhatIsMissing) {
    for (const Sample& sample : sample_messages(ByteOrder::little)) {
        const std::size_t longest = std::max(sample.request.size(), sample.reply.size());
        for (std::size_t captured = 0; captured < longest; ++captured)
            for_each_message(sample, captured, [&](const DecodedMessage& decoded) {
                const Message& message = decoded.message();
                const std::size_t size = wire_size(sample, message);
                if (captured >= size)
                    return;
                SCOPED_TRACE(label(sample, message) + " cut at " + std::to_string(captured));
                EXPECT_TRUE(decoded.reports(Rule::frame_truncated));
                EXPECT_FALSE(decoded.reports(Rule::body_short)) << decoded.findings();
                EXPECT_FALSE(decoded.reports(Rule::body_long)) << decoded.findings();
                EXPECT_FALSE(decoded.reports(Rule::name_no_nul)) << decoded.findings();
                const std::vector<int> times = shown(message, size);
                const std::set<std::size_t> nuls = terminators(message);
                for (std::size_t at = 0; at < size; ++at)
                    EXPECT_LE(times[at], 1) << "byte " << at;
                for (std::size_t at = 0; at < captured; ++at)
                    EXPECT_TRUE(times[at] == 1 || nuls.contains(at)) << "byte " << at;
                expect_children_inside_parents(message);
            });
    }
}

TEST(EveryMessage, AnyByteChangedStillShowsEachByteOnce) {
    for (const Sample& original : sample_messages(ByteOrder::little))
        for (const std::byte value : {std::byte{0xff}, std::byte{0}, std::byte{0x41}})
            for (std::size_t at = 0; at < std::max(original.request.size(), original.reply.size());
                 ++at) {
                Sample changed = original;
                if (at < changed.request.size())
                    changed.request[at] = value;
                if (at < changed.reply.size())
                    changed.reply[at] = value;
                for_each_message(changed, whole, [&](const DecodedMessage& decoded) {
                    const Message& message = decoded.message();
                    SCOPED_TRACE(label(original, message) + " byte " + std::to_string(at));
                    expect_each_byte_once(message, wire_size(changed, message));
                    expect_children_inside_parents(message);
                });
            }
}

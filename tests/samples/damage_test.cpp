// Every message of every sample cut at every length and changed in every byte: nothing crashes, and a cut
// is always reported. Meant for the asan preset. Large messages are sampled, so that it stays quick.
#include "dissector/render/json.h"
#include "dissector/render/text.h"
#include "tests/samples/sample_files.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fusewire::samples {
namespace {

constexpr std::size_t places_per_message = 200;
constexpr std::size_t render_every = 7; // views are slower than decoding

// Decodes and shows one damaged record in the place of another.
class Damage {
  public:
    explicit Damage(Context context) : context_(context) {}

    const Message& decode(const Record& record) {
        dissect(record, context_, message_);
        if (++decoded_ % render_every == 0)
            render(record);
        return message_;
    }

  private:
    void render(const Record& record) {
        const Exchange exchange{.request = context_.request};
        const Decoded decoded{record, message_, exchange};
        text_.clear();
        append_line(text_, decoded, {});
        append_tree(text_, decoded, {});
        append_json(text_, decoded);
        EXPECT_FALSE(text_.empty());
    }

    Context context_;
    Message message_;
    std::string text_;
    std::size_t decoded_ = 0;
};

// Calls `damage` for every message of every sample, with what its decoding depends on.
void for_each_message(
    const std::function<void(const SampleFile&, const Record&, Damage&)>& damage) {
    for (const SampleFile& file : sample_files()) {
        SampleSource source(file.sample);
        Session session;
        Record record;
        Message message;
        Exchange exchange;
        for (auto more = source.next(record); more && *more; more = source.next(record)) {
            session.see(record, message, exchange);
            const Dialect* dialect = session.dialect_of(record.conn);
            Damage one({dialect != nullptr ? *dialect : Dialect{}, exchange.request});
            damage(file, record, one);
        }
    }
}

std::size_t stride(std::size_t size) {
    return std::max<std::size_t>(1, size / places_per_message);
}

bool reports(const Message& message, Rule rule) {
    return std::any_of(message.findings.begin(), message.findings.end(),
                       [&](const Finding& finding) { return finding.rule == rule; });
}

TEST(Damage, MessagesOfWhichLessWasCapturedSaySo) {
    std::size_t cuts = 0;
    for_each_message([&](const SampleFile& file, const Record& whole, Damage& damage) {
        for (std::size_t size = 0; size < whole.bytes.size(); size += stride(whole.bytes.size())) {
            Record record = whole;
            record.bytes = whole.bytes.first(size);
            record.flags = (whole.flags | record_truncated) & ~std::uint32_t{record_gap};
            const Message& message = damage.decode(record);
            ASSERT_TRUE(reports(message, Rule::frame_truncated))
                << file.text << " frame " << whole.frame << " cut at " << size;
            ++cuts;
        }
    });
    EXPECT_GT(cuts, 20000u);
}

TEST(Damage, ShorterMessagesAreReported) {
    std::size_t cuts = 0;
    for_each_message([&](const SampleFile& file, const Record& whole, Damage& damage) {
        const bool len_counts =
            whole.transport != Transport::io_uring && (whole.flags & record_stale) == 0;
        for (std::size_t size = 0; size < whole.bytes.size(); size += stride(whole.bytes.size())) {
            Record record = whole;
            record.bytes = whole.bytes.first(size);
            record.wire_length = static_cast<std::uint32_t>(size);
            const Message& message = damage.decode(record);
            const bool fits = size >= 4 && message.length == size; // its len was wrong before
            ASSERT_TRUE(!message.findings.empty() || fits || !len_counts)
                << file.text << " frame " << whole.frame << " cut at " << size;
            ++cuts;
        }
    });
    EXPECT_GT(cuts, 20000u);
}

TEST(Damage, AnyByteMayBeAnything) {
    std::size_t changes = 0;
    std::vector<std::byte> bytes;
    for_each_message([&](const SampleFile&, const Record& whole, Damage& damage) {
        bytes.assign(whole.bytes.begin(), whole.bytes.end());
        for (std::size_t at = 0; at < bytes.size(); at += stride(bytes.size())) {
            const std::byte before = bytes[at];
            for (const std::byte value :
                 {std::byte{0}, std::byte{0xff}, before ^ std::byte{1}, before ^ std::byte{0x80}}) {
                bytes[at] = value;
                Record record = whole;
                record.bytes = bytes;
                damage.decode(record);
                ++changes;
            }
            bytes[at] = before;
        }
    });
    EXPECT_GT(changes, 100000u);
}

// A request that is not the one which is answered must do no harm either.
TEST(Damage, RepliesMayAnswerAnyRequest) {
    const std::vector<SampleFile> files = sample_files();
    std::vector<Message> requests;
    std::vector<Record> replies;
    std::vector<Sample> kept;
    for (const SampleFile& file : files) {
        SampleSource source(file.sample);
        Session session;
        Record record;
        Message message;
        Exchange exchange;
        for (auto more = source.next(record); more && *more; more = source.next(record)) {
            session.see(record, message, exchange);
            if (message.kind == MessageKind::request && message.opcode != nullptr)
                requests.push_back(message);
            else if (message.kind == MessageKind::reply && message.error == 0)
                replies.push_back(record);
        }
    }
    ASSERT_GT(requests.size(), 100u);
    ASSERT_GT(replies.size(), 100u);
    for (std::size_t i = 0; i < requests.size(); ++i) {
        Damage damage({Dialect{}, &requests[i]});
        for (std::size_t j = i % 3; j < replies.size(); j += 3)
            damage.decode(replies[j]);
    }
}

} // namespace
} // namespace fusewire::samples

// Fuzzes the session and the checker: messages of two connections, seen twice, as `read` does with a
// file. The input is a series of messages, see message_input.h.
#include "dissector/judged_session.h"
#include "dissector/outstanding.h"
#include "dissector/render/text.h"
#include "tests/fuzz/check_message.h"
#include "tests/fuzz/message_input.h"

namespace fusewire::fuzz {
namespace {

// Returns how many messages there were.
std::size_t see_all(Input input, JudgedSession& session, bool shown) {
    const Connection old{.conn = ConnId{42}, .minor = 8, .init_flags = 1};
    OutstandingRequests outstanding([](std::string& out, const Message& request) {
        append_request(out, request, TextStyle{});
    });
    MessageInput messages(input);
    Record record;
    std::size_t seen = 0;
    while (messages.next(record)) {
        // A connection for each of two flags that the decoder does not act on.
        record.conn = ConnId{(record.flags & record_lost_before) != 0 ? 42u : 41u};
        record.about = record.conn == old.conn ? &old : nullptr;
        record.pair_key = (record.flags & record_fault) != 0 ? 1 : 0;
        const Decoded decoded = session.see(record);
        check_message(record, decoded.message);
        if (shown)
            render(decoded);
        outstanding.see(decoded);
        ++seen;
    }
    require(outstanding.oldest(seen).size() == outstanding.size() && outstanding.size() <= seen,
            "no more are unanswered than were seen");
    return seen;
}

} // namespace
} // namespace fusewire::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fusewire;
    const fuzz::Input input(data, size);
    JudgedSession first({});
    first.keep_first_pass();
    const std::size_t seen = fuzz::see_all(input, first, false);
    const FirstPass known = first.first_pass();
    fuzz::require(known.survey.reply_frames.size() <= seen, "a survey has an entry a message");
    JudgedSession second({}, &known);
    fuzz::require(fuzz::see_all(input, second, true) == seen, "both passes see the same messages");
    return 0;
}

// Fuzzes Session: messages of two connections, seen twice, as `read` does with a file. The input is
// a series of messages, see message_input.h; every message is also checked against the promise that
// the second pass decodes no less than the first.
#include "dissector/session.h"
#include "tests/fuzz/check_message.h"
#include "tests/fuzz/message_input.h"

namespace fusewire::fuzz {
namespace {

// Returns how many messages there were.
std::size_t see_all(Input input, Session& session, bool whole) {
    MessageInput messages(input);
    Record record;
    Message message;
    Exchange exchange;
    std::size_t seen = 0;
    while (messages.next(record)) {
        // A connection for each of two flags that the decoder does not act on.
        record.conn = ConnId{(record.flags & record_lost_before) != 0 ? 42u : 41u};
        record.pair_key = (record.flags & record_fault) != 0 ? 1 : 0;
        session.see(record, message, exchange, whole);
        check_message(record, message);
        if (whole)
            render({record, message, exchange});
        ++seen;
    }
    return seen;
}

} // namespace
} // namespace fusewire::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fusewire;
    const fuzz::Input input(data, size);
    Session first;
    first.keep_survey();
    const std::size_t seen = fuzz::see_all(input, first, false);
    fuzz::require(first.survey().reply_frames.size() <= seen, "a survey has an entry a message");
    Session second(&first.survey());
    fuzz::require(fuzz::see_all(input, second, true) == seen, "both passes see the same messages");
    return 0;
}

// One sample for every opcode and one message for every notification, with extensions, empty and
// hostile-looking values among them: the input of tests that hold for any message.
#pragma once

#include "tests/dissector/decoded_message.h"

namespace fusewire::testing {

struct Sample {
    std::string name; // of the opcode or notification, then what is special about it
    Buffer request;   // empty for notifications
    Buffer reply;     // empty when there is none; the notification
    Dialect dialect{};
};

std::vector<Sample> sample_messages(ByteOrder order);

// Calls `use` with each message of each sample, of which `captured` bytes are there; a reply is
// decoded through its whole request.
template <class Use>
void for_each_message(const Sample& sample, std::size_t captured, Use use) {
    const Context context{.dialect = sample.dialect};
    if (sample.request.empty()) {
        use(DecodedMessage(sample.reply, Direction::reply, context, captured));
        return;
    }
    use(DecodedMessage(sample.request, Direction::request, context, captured));
    if (sample.reply.empty())
        return;
    const DecodedMessage asked(sample.request, Direction::request, context);
    use(DecodedMessage(sample.reply, Direction::reply,
                       {.dialect = sample.dialect, .request = &asked.message()}, captured));
}

} // namespace fusewire::testing

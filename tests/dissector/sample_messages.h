// One exchange for every opcode and one message for every notification, with extensions, empty and
// hostile-looking values among them: the input of tests that hold for any message.
#pragma once

#include "tests/dissector/bytes_of.h"

namespace fusewire::test {

struct Exchange {
    std::string name; // of the opcode or notification, then what is special about it
    Buffer request;   // empty for notifications
    Buffer reply;     // empty when there is none; the notification
    Dialect dialect{};
};

std::vector<Exchange> sample_messages(ByteOrder order);

// Calls `use` with each message of each exchange, of which `captured` bytes are there; a reply is
// decoded through its whole request.
template <class Use>
void for_each_message(const Exchange& exchange, std::size_t captured, Use use) {
    const Context context{.dialect = exchange.dialect};
    if (exchange.request.empty()) {
        use(DecodedMessage(exchange.reply, Direction::reply, context, captured));
        return;
    }
    use(DecodedMessage(exchange.request, Direction::request, context, captured));
    if (exchange.reply.empty())
        return;
    const DecodedMessage asked(exchange.request, Direction::request, context);
    use(DecodedMessage(exchange.reply, Direction::reply,
                       {.dialect = exchange.dialect, .request = &asked.message()}, captured));
}

} // namespace fusewire::test

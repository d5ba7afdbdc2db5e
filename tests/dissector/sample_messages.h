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

// Calls `use` with each message of each exchange, decoded with its own context.
template <class Use>
void for_each_message(const Exchange& exchange, std::size_t captured, Use use) {
    const Context context{.dialect = exchange.dialect};
    RequestFacts facts;
    if (!exchange.request.empty()) {
        const Decoded whole(exchange.request, Direction::request, context);
        facts = facts_of(whole.message());
        use(Decoded(exchange.request, Direction::request, context, captured));
    }
    if (!exchange.reply.empty()) {
        const RequestFacts* known = exchange.request.empty() ? nullptr : &facts;
        use(Decoded(exchange.reply, Direction::reply,
                    {.dialect = exchange.dialect, .request = known}, captured));
    }
}

} // namespace fusewire::test

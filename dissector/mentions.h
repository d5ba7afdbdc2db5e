// Mentions: which nodes and fhandles a message names, whichever opcode and layout it is. Views that
// follow a display filter show what the messages that it leaves are about.
#pragma once

#include "dissector/message_facts.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace fusewire {

struct Mentions {
    std::vector<std::uint64_t> nodeids;     // some may come more than once
    std::vector<std::string_view> fhandles; // bytes, of the message
};

// Of a request the nodes that it is about or forgets and the fhandles in its extensions; of a reply to
// `request` also the entries that it hands out; of a notification the nodes in its body. Replaces what
// `out` holds.
void mentions_of(const Message& message, const Message* request, Mentions& out);

} // namespace fusewire

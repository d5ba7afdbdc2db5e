// What pairs messages and begins the talk of a connection, for all that do so: Session with whole
// messages, FrameIndexer with headers.
#pragma once

#include "dissector/dialect_detection.h"
#include "dissector/message.h"

#include <cstdint>

namespace fusewire {

inline constexpr std::uint32_t init_opcode_number = 26;

// Of an INIT request or reply that was decoded whole.
InitFacts init_facts_of(const Message& message);
std::uint64_t init_flags_of(const Message& message);

// Of a request that has a whole header: whether its server always answers it.
bool awaits_reply(const Message& request);

// The kernel refuses such a write and goes on waiting for the answer (fuse_dev_do_write()).
bool leaves_request_waiting(const Record& record, std::uint64_t request_unique,
                            const Message& reply);

// A key of what was answered; a connection number that came again begins with other keys.
std::uint64_t settled_key(const Record& record, std::size_t epoch, std::uint64_t unique);

} // namespace fusewire

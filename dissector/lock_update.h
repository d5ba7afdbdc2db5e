// What requests and replies do to the table of granted locks. A lock is gone from the moment when
// the server was asked to give it up, since it may grant it to the next one before it answers.
#pragma once

#include "dissector/operation.h"
#include "dissector/state.h"

#include <cstdint>

namespace fusewire {

// F_RDLCK, F_WRLCK, F_UNLCK of nearly all machines.
enum class LockType : std::uint32_t { read = 0, write = 1, unlock = 2 };

// What a lock request is about; `frame` stays 0.
struct LockRequest {
    Lock lock;
    LockType type{};
};
// GETLK, SETLK or SETLKW as far as it was captured; of no other operation.
std::optional<LockRequest> lock_request(const Operation& request);

// Whether a server is told of every lock that ends: close(2) drops those of fcntl(2), and only FLUSH
// says so.
bool shows_unlocking(LockKind kind, const State& state);

void apply_lock_request(const Operation& request, State& state);
// A lock that was granted: `answered` has no error and the kernel took it.
void apply_lock_reply(const Operation& asked, const Operation& answered, std::uint64_t frame,
                      State& state);

} // namespace fusewire

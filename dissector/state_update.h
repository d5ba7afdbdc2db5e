// What messages do to the state of their connection. Called after the rules have seen them.
#pragma once

#include "dissector/findings/events.h"
#include "dissector/verdict.h"

#include <span>

namespace fusewire {

// Where the capture cannot show FORGETs: a nodeid of something newly made that was known before must
// have been forgotten. Called before the rules see the reply.
void apply_unseen_forgets(std::span<const Entry> entries, std::uint64_t frame, State& state);
// A request was read by the server.
void apply_request(const Message& message, const Record& record, State& state);
// A reply was written; `verdict` says what the kernel made of it.
void apply_reply(const Message& request, const Message& reply, const Record& record,
                 std::span<const Entry> entries, const Verdict& verdict, State& state);
void apply_notification(const Message& message, const Record& record, const Verdict& verdict,
                        State& state);

// The values that the kernel works with after this INIT exchange.
Limits limits_of(const Operation& request, const Operation& reply);

} // namespace fusewire

#include "dissector/lock_update.h"

namespace fusewire {

namespace {

constexpr std::uint64_t lk_flock = 1;
constexpr std::uint32_t fopen_noflush = 1u << 5;
constexpr std::uint32_t flush_opcode = 25;

// Opened so that close(2) sends no FLUSH.
bool closes_silently(const Lock& lock, std::uint64_t nodeid, const State& state) {
    const OpenFile* file = state.find(FhKey{FhSpace::file, lock.fh, nodeid});
    return lock.kind == LockKind::posix && file != nullptr && (file->fopen & fopen_noflush) != 0;
}

} // namespace

std::optional<LockRequest> lock_request(const Operation& request) {
    if (!request.is(Op::getlk) && !request.is(Op::setlk) && !request.is(Op::setlkw))
        return std::nullopt;
    const auto type = request.number("lk", "type");
    const auto start = request.number("lk", "start");
    const auto end = request.number("lk", "end");
    const auto owner = request.number("owner");
    if (!type || !start || !end || !owner)
        return std::nullopt;
    const bool flock = (request.number("lk_flags").value_or(0) & lk_flock) != 0;
    LockRequest asked;
    asked.type = static_cast<LockType>(*type);
    asked.lock = {flock ? LockKind::flock : LockKind::posix,
                  asked.type == LockType::write,
                  *owner,
                  *start,
                  *end,
                  request.number("fh").value_or(0),
                  0};
    return asked;
}

bool shows_unlocking(LockKind kind, const State& state) {
    return kind == LockKind::flock || !state.enosys.contains(flush_opcode);
}

// flock(2) gives the old lock up before it waits for one of another type.
void apply_lock_request(const Operation& request, State& state) {
    const std::uint64_t nodeid = request.nodeid();
    if (request.is(Op::flush))
        return state.locks.release(
            nodeid, {.owner = request.number("lock_owner").value_or(0), .end = UINT64_MAX});
    if (request.is(Op::release))
        return state.locks.release_fh(nodeid, request.number("fh").value_or(0));
    if (request.is(Op::getlk))
        return;
    const auto asked = lock_request(request);
    if (asked && (asked->type == LockType::unlock || asked->lock.kind == LockKind::flock))
        state.locks.release(nodeid, asked->lock);
}

void apply_lock_reply(const Operation& asked, const Operation& answered, std::uint64_t frame,
                      State& state) {
    if (answered.error() != 0 || asked.is(Op::getlk))
        return;
    auto request = lock_request(asked);
    if (!request || request->type > LockType::write)
        return;
    request->lock.frame = frame;
    if (closes_silently(request->lock, asked.nodeid(), state))
        state.locks.release(asked.nodeid(), request->lock);
    else
        state.locks.grant(asked.nodeid(), request->lock);
}

} // namespace fusewire

#include "dissector/course.h"

#include "dissector/operation.h"

namespace fusewire {

bool Course::in_lull(const Record& record, const Requests& requests) const {
    std::int64_t quiet = 0;
    const bool was_in_flight = (record.flags & record_in_flight) != 0;
    return !was_in_flight && record.has_time() && last_ns && requests.outstanding_count() == 0 &&
           !__builtin_sub_overflow(record.time_ns, *last_ns, &quiet) && quiet >= lull_ns;
}

void Course::request(const Message& message, const Record& record, const Requests& requests) {
    if (in_lull(record, requests))
        lull_frame = record.frame;
    const Operation operation(message);
    if (operation.is(Op::init))
        init_unique = message.unique;
    cuse |= operation.is(Op::cuse_init);
    reply(record);
}

void Course::reply(const Record& record) {
    last_ns = record.has_time() ? std::optional(record.time_ns) : std::nullopt;
}

} // namespace fusewire

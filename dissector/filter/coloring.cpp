#include "dissector/filter/coloring.h"

namespace fusewire {

namespace {

constexpr LookRow rows[] = {
    {"Messages lost", "fuse.direction == \"loss\"", Look::loss},
    {"Reply refused by the kernel", "fuse.direction == \"write_result\"", Look::loss},
    {"Error found", "fuse.finding.severity == error", Look::error},
    {"Warning found", "fuse.finding.severity == warn", Look::warning},
    {"Failed", "fuse.error < 0 || fuse.sub.error < 0", Look::failed},
    {"Slow", "fuse.latency > 100 ms", Look::slow},
    {"Notification", "fuse.direction == \"notify\"", Look::notification},
    {"Start and end of a connection", "fuse.opcode in {INIT, DESTROY}", Look::setup},
    {"Reply", "fuse.direction == \"reply\"", Look::reply},
};

} // namespace

std::span<const LookRow> default_looks() {
    return rows;
}

} // namespace fusewire

// Open files: fuse_file_io_open(), and flags of the reply without effect.
#include "dissector/verdicts/row.h"

namespace fusewire {

namespace {

using namespace verdict_errno;

constexpr OpSet opens = ops(Op::open, Op::create, Op::tmpfile);
constexpr OpSet all_opens = opens | ops(Op::opendir);
constexpr unsigned passthrough_feature = 37, writeback_feature = 16;
constexpr std::uint64_t direct_io = 1, parallel_direct_writes = 1u << 6, passthrough = 1u << 7,
                        known_flags = (1u << 9) - 1;

std::uint64_t fopen_flags(const Answer& answer) {
    return answer.answered.number("open_flags").value_or(0);
}

bool passthrough_refused(const Answer& answer) {
    if ((fopen_flags(answer) & passthrough) == 0)
        return false;
    const auto backing =
        static_cast<std::int64_t>(answer.answered.number("backing_id").value_or(0));
    const Limits& limits = answer.limits();
    const bool off =
        limits.known && (!limits.has(passthrough_feature) || limits.has(writeback_feature));
    return off || backing <= 0;
}
bool direct_directory(const Answer& answer) {
    return (fopen_flags(answer) & direct_io) != 0;
}
bool parallel_alone(const Answer& answer) {
    return (fopen_flags(answer) & (parallel_direct_writes | direct_io)) == parallel_direct_writes;
}
bool unknown_flags(const Answer& answer) {
    return (fopen_flags(answer) & ~known_flags) != 0;
}
bool idle_backing(const Answer& answer) {
    return (fopen_flags(answer) & passthrough) == 0 &&
           answer.answered.number("backing_id").value_or(0) != 0;
}

constexpr VerdictCheck<Answer> answers[] = {
    {{.id = "passthrough-refused",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .text = "FOPEN_PASSTHROUGH that was not negotiated, or without a backing file: open fails "
              "with EIO, and "
              "RELEASE follows",
      .evidence = Evidence::live,
      .results = Results::kept},
     passthrough_refused,
     opens,
     When::succeeded},
    {{.id = "directory-direct-io",
      .outcome = Outcome::fields_ignored,
      .text = "FOPEN_DIRECT_IO means nothing for a directory",
      .evidence = Evidence::live},
     direct_directory,
     ops(Op::opendir),
     When::succeeded},
    {{.id = "parallel-without-direct-io",
      .outcome = Outcome::fields_ignored,
      .text = "FOPEN_PARALLEL_DIRECT_WRITES means nothing without FOPEN_DIRECT_IO",
      .evidence = Evidence::live},
     parallel_alone,
     opens,
     When::succeeded},
    {{.id = "fopen-unknown",
      .outcome = Outcome::fields_ignored,
      .text = "FOPEN flags that have no meaning are ignored",
      .evidence = Evidence::live},
     unknown_flags,
     all_opens,
     When::succeeded},
    {{.id = "backing-id-ignored",
      .outcome = Outcome::fields_ignored,
      .text = "a backing_id means nothing without FOPEN_PASSTHROUGH",
      .evidence = Evidence::live},
     idle_backing,
     all_opens,
     When::succeeded},
};

} // namespace

constexpr VerdictFamily verdicts::files{"Open files", answers};

} // namespace fusewire

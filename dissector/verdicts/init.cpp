// INIT: process_init_reply() takes almost anything, and switches silently off what it cannot use.
#include "dissector/verdicts/row.h"

namespace fusewire {

namespace {

using namespace verdict_errno;

constexpr unsigned posix_acl = 20, writeback_cache = 16, init_ext = 30, passthrough = 37,
                   allow_idmap = 40, lookup_handle = 43;

std::uint64_t number(const Answer& answer, std::string_view field) {
    return answer.answered.number(field).value_or(0);
}
std::uint64_t flags(const Answer& answer) {
    const std::uint64_t low = number(answer, "flags");
    return (low >> init_ext & 1) == 0 ? low : low | number(answer, "flags2") << 32;
}
bool has(const Answer& answer, unsigned bit) {
    return (flags(answer) >> bit & 1) != 0;
}

bool other_major(const Answer& answer) {
    constexpr std::uint64_t our_major = 7;
    return number(answer, "major") != our_major;
}
bool idmap_alone(const Answer& answer) {
    return has(answer, allow_idmap) && !has(answer, posix_acl);
}
bool old_minor(const Answer& answer) {
    constexpr std::uint64_t flags_count_from = 6;
    return number(answer, "minor") < flags_count_from;
}
bool flags2_without_ext(const Answer& answer) {
    return (number(answer, "flags") >> init_ext & 1) == 0 && number(answer, "flags2") != 0;
}
bool passthrough_off(const Answer& answer) {
    if (!has(answer, passthrough))
        return false;
    const std::uint64_t depth = number(answer, "max_stack_depth");
    constexpr std::uint64_t deepest = 2;
    return has(answer, writeback_cache) || depth == 0 || depth > deepest;
}
bool handles_off(const Answer& answer) {
    if (!has(answer, lookup_handle))
        return false;
    constexpr std::uint64_t longest = 128;
    const std::uint64_t most = number(answer, "max_handle_sz");
    return most == 0 || most > longest;
}
bool gran_out_of_range(const Answer& answer) {
    constexpr std::uint64_t second = 1'000'000'000;
    return number(answer, "time_gran") > second;
}
bool small_writes(const Answer& answer) {
    constexpr std::uint64_t least = 4096, has_max_write = 5;
    return number(answer, "minor") >= has_max_write && number(answer, "max_write") < least;
}

constexpr VerdictCheck<Answer> answers[] = {
    {{.id = "init-major",
      .outcome = Outcome::caller_error,
      .caller_errno = econnrefused,
      .text = "another major version, or an empty reply: every operation fails with ECONNREFUSED "
              "until it "
              "is unmounted",
      .evidence = Evidence::live},
     other_major,
     ops(Op::init),
     When::succeeded},
    {{.id = "init-idmap",
      .outcome = Outcome::accepted,
      .caller_errno = VerdictRow::undefined,
      .text =
          "ALLOW_IDMAP without POSIX_ACL: unless it was mounted with default_permissions, every "
          "operation fails with ECONNREFUSED"},
     idmap_alone,
     ops(Op::init),
     When::succeeded},
    {{.id = "init-minor-old",
      .outcome = Outcome::fields_ignored,
      .text = "a minor below 6: the flags are not looked at, and there are no locks",
      .evidence = Evidence::live},
     old_minor,
     ops(Op::init),
     When::succeeded},
    {{.id = "init-flags2-ignored",
      .outcome = Outcome::fields_ignored,
      .text = "flags2 counts only with INIT_EXT in flags",
      .evidence = Evidence::live},
     flags2_without_ext,
     ops(Op::init),
     When::succeeded},
    {{.id = "init-passthrough-off",
      .outcome = Outcome::fields_ignored,
      .text = "PASSTHROUGH with WRITEBACK_CACHE, or with a max_stack_depth other than 1 and 2: it "
              "stays off",
      .evidence = Evidence::live},
     passthrough_off,
     ops(Op::init),
     When::succeeded},
    {{.id = "init-handles-off",
      .outcome = Outcome::fields_ignored,
      .dialects = in_dialect(DialectName::lookup_handle_v2),
      .text = "bit 43 with a max_handle_sz of 0 or above 128: LOOKUP_HANDLE stays off"},
     handles_off,
     ops(Op::init),
     When::succeeded},
    {{.id = "init-time-gran",
      .outcome = Outcome::fields_ignored,
      .text = "a time_gran above a second is ignored",
      .evidence = Evidence::live},
     gran_out_of_range,
     ops(Op::init),
     When::succeeded},
    {{.id = "init-max-write",
      .outcome = Outcome::fields_ignored,
      .text = "a max_write below 4096 is raised to it",
      .evidence = Evidence::live},
     small_writes,
     ops(Op::init),
     When::succeeded},
};

} // namespace

constexpr VerdictFamily verdicts::init{"INIT", answers};

} // namespace fusewire

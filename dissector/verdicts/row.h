// A verdict as a row: what the kernel does, and the predicate that tells when. Rows are tried in the
// order of the families below and of their tables; the first that holds is the verdict.
#pragma once

#include "dissector/entry_checks.h"
#include "dissector/opcode_numbers.h"
#include "dissector/verdict.h"
#include "dissector/verdicts/answer.h"

#include <array>
#include <span>

namespace fusewire {

// Which replies a row is tried on, by the error in their header.
enum class When : std::uint8_t { always, failed, succeeded };

template <class Subject>
struct VerdictCheck {
    VerdictRow row;
    bool (*holds)(const Subject& subject);
    OpSet only = every_op; // of the request
    When when = When::always;
};

struct VerdictFamily {
    const char* title;
    std::span<const VerdictCheck<Answer>> answers{};
    std::span<const VerdictCheck<StrayReplyEvent>> strays{};
    std::span<const VerdictCheck<NotifyEvent>> notifications{};
};

namespace verdicts {

extern const VerdictFamily form;          // headers, lengths, pairing
extern const VerdictFamily errors;        // replies with an error
extern const VerdictFamily init;          // INIT
extern const VerdictFamily compounds;     // COMPOUND, LOOKUP_HANDLE, MKOBJ_HANDLE
extern const VerdictFamily entries;       // entries handed out
extern const VerdictFamily attributes;    // GETATTR, SETATTR, STATX
extern const VerdictFamily data;          // reading, listing and what is like it
extern const VerdictFamily files;         // open files
extern const VerdictFamily notifications; // notifications
extern const VerdictFamily accepted;      // all the rest

inline constexpr std::array families = {&form,       &errors, &init,  &compounds,     &entries,
                                        &attributes, &data,   &files, &notifications, &accepted};

} // namespace verdicts

// Errors by the names of errno(3), for rows.
namespace verdict_errno {
inline constexpr std::int16_t eperm = 1, enoent = 2, eintr = 4, eio = 5, enomem = 12, exdev = 18,
                              enotdir = 20, einval = 22, enotty = 25, enametoolong = 36,
                              enosys = 38, eopnotsupp = 95, econnrefused = 111, estale = 116;
}

} // namespace fusewire

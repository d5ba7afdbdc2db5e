// What the kernel was seen to do, against what was foretold.
#include "dissector/errno_names.h"
#include "dissector/findings/families.h"

#include <fmt/format.h>

namespace fusewire {

namespace {

constexpr std::int32_t enoent = 2, eintr = 4, enomem = 12, efault = 14, enodev = 19, eperm = 1;

// Errors that tell of the server's memory or of a mount that has gone, not of the message.
bool is_about_message(std::int64_t error) {
    return error != eintr && error != enomem && error != efault && error != enodev &&
           error != eperm;
}

std::string outcome(std::int64_t error) {
    if (error == 0)
        return "write() succeeds";
    const std::string_view name = errno_name(error);
    return name.empty() ? fmt::format("write() fails with error {}", error)
                        : fmt::format("write() fails with {}", name);
}

constexpr Check<WriteResultEvent> rows[] = {
    {{.id = "verdict-differs",
      .area = Area::verdicts,
      .severity = Severity::warn,
      .text = "the kernel answered the server's write() otherwise than foretold",
      .consequence = "the verdict shown with the message does not hold on this kernel",
      .doc =
          "Only results that the capture holds are compared; most tiers record failed writes "
          "alone, so a missing result says nothing. ENOENT for what should have been accepted is "
          "a note: the connection may have been aborted, or the kernel may have dropped a node "
          "just before a notification for it. EPERM, EINTR, ENOMEM, EFAULT and ENODEV say "
          "nothing of the message.",
      .history = History::complete},
     [](const WriteResultEvent& event, Report& report) {
         const std::int64_t error = event.result < 0 ? -std::int64_t{event.result} : 0;
         if (event.verdict.row == nullptr || event.record.server_tid == 0 ||
             error == event.verdict.write_errno || !is_about_message(error))
             return;
         Sighting sighting{.frame = event.reply_frame,
                           .observed = outcome(error),
                           .expected = outcome(event.verdict.write_errno),
                           .related = {event.frame()}};
         sighting.object = static_cast<std::uint64_t>(error) << 32 |
                           static_cast<std::uint32_t>(event.verdict.write_errno);
         if (error == enoent && event.verdict.write_errno == 0)
             sighting.severity = Severity::note;
         report(std::move(sighting));
     }},
};

} // namespace

constexpr Family verdicts_family{rows};

} // namespace fusewire

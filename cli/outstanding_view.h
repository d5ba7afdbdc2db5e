// What is unanswered, drawn anew at each interval: over the last one on a terminal, as a block behind
// the last one elsewhere, or as JSON. `read --outstanding` draws once, what a capture ended with.
#pragma once

#include "capture/source.h"
#include "cli/check_pass.h"
#include "cli/output.h"
#include "cli/view.h"
#include "dissector/checker.h"
#include "dissector/outstanding.h"
#include "dissector/render/outstanding.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace fusewire {

struct OutstandingOptions {
    ViewFormat format = ViewFormat::text; // or json, ndjson
    ColorWhen color = ColorWhen::automatic;
    std::chrono::nanoseconds interval{std::chrono::seconds(1)};
};

// Errc::usage for view options that do not go with --outstanding, and for intervals that make no sense.
[[nodiscard]] Result<OutstandingOptions> outstanding_options(const ViewOptions& view,
                                                             double interval_s);

// The unanswered requests of one source as its records tell.
class OutstandingTracker {
  public:
    OutstandingTracker();

    void force_dialect(DialectName name) { checker_.force_dialect(name); }
    // Returns whether the record only lists once more what was seen before.
    bool see(const Record& record);

    OutstandingRequests& requests() { return requests_; }
    OutstandingScene scene(const RecordSource& source, std::optional<std::int64_t> now_ns) const;
    std::optional<std::int64_t> last_ns() const { return last_ns_; } // of a record
    std::uint64_t lost() const { return lost_; }

  private:
    std::string path_of(ConnId conn, std::uint64_t nodeid) const;

    Checker checker_;
    OutstandingRequests requests_;
    Message message_;
    Exchange exchange_;
    std::uint64_t messages_ = 0;
    std::uint64_t lost_ = 0;
    std::optional<std::int64_t> last_ns_;
};

// The live view.
class OutstandingView {
  public:
    // Makes the source list what is in flight, as records that come next; false: it cannot.
    using Look = std::function<bool()>;

    OutstandingView(const OutstandingOptions& options, Look look);

    // Returns whether the record only lists once more what was seen before.
    bool see(const RecordSource& source, const Record& record);
    // There is no record for now.
    void idle(const RecordSource& source);
    // Draws the last state. Errc::io if standard output could not be written.
    [[nodiscard]] Result<void> end(const RecordSource& source);
    // False once nobody reads any more.
    bool open() const { return out_.open(); }

  private:
    using Clock = std::chrono::steady_clock;

    void advance(const RecordSource& source, bool is_idle);
    void begin_look();
    void draw(const RecordSource& source);
    void draw_text(const OutstandingScene& scene);

    OutstandingOptions options_;
    Look look_;
    OutstandingTracker tracker_;
    Output out_;
    bool terminal_;
    Clock::time_point next_;
    bool looking_ = false; // the records of a look are still coming
    std::uint64_t lost_before_look_ = 0;
    unsigned since_advance_ = 0; // records
    std::uint64_t drawn_ = 0;    // times
};

// What was unanswered when the capture ended; returns an ExitCode.
int show_outstanding(const CheckInput& input, const OutstandingOptions& options);

} // namespace fusewire

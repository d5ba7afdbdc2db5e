// One live capture, from the loaded probe to the closed file. The order matters: the command is
// forked while there is still root to become somebody else from, the probe is attached before the
// command starts, and privileges are gone before the first message is decoded or written.
#pragma once

#include "capture/capture_writer.h"
#include "capture/live/command.h"
#include "capture/live/connection_watch.h"
#include "capture/live/live_source.h"
#include "capture/live/privileges.h"
#include "capture/ring_sink.h"
#include "capture/sink.h"
#include "cli/display_filter.h"
#include "cli/message_printer.h"
#include "cli/outstanding_view.h"
#include "cli/stop_rules.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fusewire {

// What the arguments of `capture` mean once all of them were checked.
struct CapturePlan {
    LiveOptions live;
    Identity identity;                // who writes, decodes and runs the command
    std::vector<std::string> command; // empty: none
    std::string out;                  // capture file, "-" for standard output; empty: none
    FileFormat format = FileFormat::pcapng;
    std::unique_ptr<View> view;   // null: no messages are shown
    std::optional<Filter> filter; // which of them; none: all
    std::optional<OutstandingOptions> outstanding;
    StopRules stop;
    bool until_stdin_closes = false;
    std::optional<RingRules> ring; // several files instead of one
};

class CaptureRun {
  public:
    explicit CaptureRun(CapturePlan plan) : plan_(std::move(plan)) {}

    // Captures until a rule, a signal or the end of the command; returns an ExitCode.
    int run();

  private:
    Result<void> prepare();
    Result<void> prepare_command();
    Result<void> drop();
    Result<void> create_file();
    Result<void> create_ring();
    Result<void> watch_for_the_end();
    Result<void> watch_the_clock();
    Result<void> capture();
    Result<void> take(JudgedSession& session, const Record& record);
    void show(JudgedSession& session, const Record& record);
    bool shows() const { return plan_.view || printer_ || plan_.outstanding; }
    bool is_read() const;
    bool has_enough(std::int64_t time_ns) const;
    void idle();
    void watch_connections();
    void say_end(const ConnectionWatch::Ended& ended) const;
    void flush();
    int finish(const Result<void>& captured);
    void summarize();
    std::string end_of_command();

    CapturePlan plan_;
    std::optional<Command> command_;
    std::unique_ptr<LiveSource> source_;
    std::optional<CaptureWriter> writer_;
    const RingSink* ring_ = nullptr; // of the writer, with -b
    std::optional<MessagePrinter> printer_;
    std::optional<OutstandingView> outstanding_;
    ConnectionWatch watch_;
    Fd timer_;
    std::optional<Error> write_error_; // of a flush between two messages
    std::uint64_t messages_ = 0;
    std::uint64_t lost_ = 0;
};

} // namespace fusewire

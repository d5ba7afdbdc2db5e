// A progress bar on standard error, for work on a file that takes longer than a second. It is only
// drawn on a terminal, and not on the one that the output goes to.
#pragma once

#include "capture/source.h"

#include <chrono>
#include <cstdint>

namespace fusewire {

class ProgressBar {
  public:
    // `passes`: how often the input is read from beginning to end.
    explicit ProgressBar(unsigned passes);
    ~ProgressBar() { clear(); }
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    // To be called for each message; looks at the clock only now and then.
    void tick(const RecordSource& source) {
        if (enabled_ && ++ticks_ % messages_per_look == 0)
            look(source.progress());
    }
    void next_pass() { ++pass_; }

    // Takes the bar off the terminal.
    void clear();

  private:
    static constexpr std::uint32_t messages_per_look = 4096;
    using Clock = std::chrono::steady_clock;

    void look(const Progress& progress);
    void draw(double share);

    bool enabled_;
    bool drawn_ = false;
    unsigned passes_;
    unsigned pass_ = 0;
    std::uint32_t ticks_ = 0;
    Clock::time_point next_draw_;
};

} // namespace fusewire

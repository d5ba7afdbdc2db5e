// Output: standard output with a large buffer of our own. A reader that went away (`| head`) is not
// an error: the output then says that it is closed and swallows the rest.
#pragma once

#include "dissector/result.h"

#include <cstddef>
#include <string>

namespace fusewire {

class Output {
  public:
    // Writes to `fd`, which stays the caller's.
    explicit Output(int fd);

    // Where the next text is to be appended.
    std::string& text() { return text_; }

    // Writes once enough has come together; to be called after each message.
    void settle() {
        if (text_.size() >= enough)
            flush();
    }
    void flush();

    // False once nobody reads any more or writing failed.
    bool open() const { return state_ == State::open; }

    // Flushes. Errc::io if some text could not be written for a reason other than a closed pipe.
    [[nodiscard]] Result<void> finish();

  private:
    static constexpr std::size_t enough = 64 * 1024;
    enum class State { open, closed, failed };

    void stop(int reason);

    int fd_;
    State state_ = State::open;
    int reason_ = 0; // errno of what failed
    std::string text_;
};

} // namespace fusewire

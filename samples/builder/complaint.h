// Complaint: what is wrong with a sample's text, and where. Only the first is kept, since the ones
// after it are mostly its consequences; code goes on with harmless values until it sees failed().
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire::samples {

// A place in a text; line and column count from 1.
struct Place {
    std::shared_ptr<const std::string> file;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

std::string spelling(const Place& place); // "lookup.txt:3:14"

class Complaint {
  public:
    // Keeps "file:line:column: text" unless something was said before.
    void say(const Place& place, std::string_view text);
    bool failed() const { return !message_.empty(); }
    const std::string& message() const { return message_; }

    // While a macro is expanded its use is part of the message.
    void enter(const Place& call) { calls_.push_back(call); }
    void leave() { calls_.pop_back(); }
    std::size_t depth() const { return calls_.size(); }

  private:
    std::string message_;
    std::vector<Place> calls_;
};

// `; did you mean "nodeid"?` for the candidate closest to `word`, or nothing when none is close.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

} // namespace fusewire::samples

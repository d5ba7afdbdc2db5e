// --pairs: a request and its reply as one line, printed when the reply comes and the display filter
// selects one of the two.
#pragma once

#include "cli/view.h"

#include <map>

namespace fusewire {

class PairsView final : public View {
  public:
    explicit PairsView(const TextStyle& style) : style_(style) {}

    void message(std::string& out, const Decoded& decoded) override { see(out, decoded, true); }
    void skipped(std::string& out, const Decoded& decoded) override { see(out, decoded, false); }
    void end(std::string& out) override;

  private:
    // Lines kept while their replies are awaited; beyond this the oldest is printed without one.
    static constexpr std::size_t pending_limit = 65536;
    struct Line {
        std::string text;
        bool selected = false;
    };
    using Pending = std::map<std::uint64_t, Line>; // by frame of the request

    void see(std::string& out, const Decoded& decoded, bool selected);
    void keep(std::string& out, const Decoded& request, bool selected);
    void settle(std::string& out, const Decoded& reply, bool selected);
    void give_up_oldest(std::string& out);
    void line(std::string& out, const Decoded& decoded);

    TextStyle style_;
    TimeOrigin origin_;
    Pending pending_;
    Pending::node_type spare_; // memory of a line that was printed, for the next one
};

} // namespace fusewire

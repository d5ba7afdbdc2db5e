// A view turns messages into text on standard output: lines, trees, JSON, chosen fields, pairs. The
// same views serve `read` and the live text of `capture`.
#pragma once

#include "dissector/judged_session.h"
#include "dissector/render/text.h"
#include "dissector/result.h"

#include <memory>
#include <string>
#include <vector>

namespace fusewire {

enum class ViewFormat : std::uint8_t { text, json, ndjson, fields };
enum class ColorWhen : std::uint8_t { automatic, always, never };

// What an option comes to on this standard output.
bool wants_color(ColorWhen when);

struct ViewOptions {
    ViewFormat format = ViewFormat::text;
    bool tree = false;
    bool hex = false;
    bool pairs = false;
    std::vector<std::string> fields;
    ColorWhen color = ColorWhen::automatic;
    TimeStyle time = TimeStyle::relative;

    // Says that something is to be shown, where a capture is also written to a file.
    bool asked_for() const { return tree || hex || pairs || format != ViewFormat::text; }
};

// Relative times count from the first message of the capture, shown or not.
class TimeOrigin {
  public:
    void see(TextStyle& style, const Record& record) {
        if (!known_ && record.has_time()) {
            style.time_origin_ns = record.time_ns;
            known_ = true;
        }
    }

  private:
    bool known_ = false;
};

class View {
  public:
    virtual ~View() = default;

    virtual ViewNeeds needs() const { return {}; }
    // False if nothing is shown that only a pass over the whole capture can tell.
    virtual bool needs_survey() const { return true; }

    virtual void begin(std::string&) {}
    // Called once for each connection, before its first message.
    virtual void connection(std::string&, const Connection&) {}
    // Called before a message when the dialect of its connection became known or another one, for views
    // that say so; without a reason, nothing told it or --dialect did.
    virtual bool says_dialect() const { return false; }
    virtual void dialect(std::string&, ConnId, DialectName, const Recognition*) {}
    virtual void message(std::string& out, const Decoded& decoded) = 0;
    // A message that the display filter leaves out, for views in which another one may want it.
    virtual void skipped(std::string&, const Decoded&) {}
    virtual void end(std::string&) {}
};

// Errc::usage for options that do not go together and for unknown fields.
[[nodiscard]] Result<std::unique_ptr<View>> make_view(const ViewOptions& options);

} // namespace fusewire

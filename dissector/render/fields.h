// Chosen fields of a message as a row of raw values, the way tshark -T fields prints them: tab between
// columns, comma between repeats, decimal numbers, lower-case hex, no header.
#pragma once

#include "dissector/result.h"
#include "dissector/session.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire {

// A field of the message as a whole, "frame.number" or "fuse.latency_ns".
struct MessageField {
    const char* name;
    const char* doc;
    void (*append)(std::string& out,
                   const Decoded& decoded); // appends nothing when there is no value
    bool survey = false;                    // only a pass over the whole capture can tell
};
std::span<const MessageField> message_fields();

// A name that matches every field of one kind wherever it occurs, "fuse.nodeid".
struct KindField {
    const char* name;
    Kind kind;
    const char* doc;
};
std::span<const KindField> kind_fields();

class FieldTable {
  public:
    // Error usage for a name that is no field, with the nearest one that is.
    [[nodiscard]] static Result<FieldTable> choose(std::span<const std::string> names);

    // False when the header alone answers every column, so that bodies need not be decoded.
    bool needs_body() const { return needs_body_; }
    // False when no column is about findings.
    bool needs_findings() const { return needs_findings_; }
    // False when every column is known when its message is met, without an earlier pass.
    bool needs_survey() const { return needs_survey_; }
    // One row without a newline.
    void append_row(std::string& out, const Decoded& decoded) const;

  private:
    struct Column {
        const MessageField* whole = nullptr;
        const KindField* kind = nullptr;
        std::vector<std::string> path; // layer, then names down to the field
    };
    void append_nodes(std::string& out, const Column& column, const Message& message) const;

    std::vector<Column> columns_;
    bool needs_body_ = false;
    bool needs_findings_ = false;
    bool needs_survey_ = false;
};

// The name in `known` that is nearest to `text`, empty when none is near.
std::string nearest_name(std::string_view text, std::span<const std::string> known);

// Every name that -e takes, in the order of the reference: message fields, kinds, then the tables.
std::vector<std::string> all_field_names();

} // namespace fusewire

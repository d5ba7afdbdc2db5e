// MessageText: messages as text of some form, to be copied or exported: the forms of `fusewire read`,
// the columns of the list, and bytes as programs write them.
#pragma once

#include "dissector/field_ref.h"
#include "dissector/session.h"
#include "gui/models/column.h"
#include "gui/models/time_format.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fusewire::gui {

enum class TextForm : int { lines, tree, hex, json, ndjson, csv, cArray, escaped };

struct MessageTextOptions {
    TextForm form = TextForm::lines;
    std::int64_t timeOrigin_ns = 0; // of lines
    std::vector<Column> columns;    // of csv
    TimeFormat time;                // of csv
};

class MessageText {
  public:
    // `index` outlives it.
    MessageText(const FrameIndex& index, MessageTextOptions options);

    void begin(std::string& out) const;
    void add(std::string& out, Row row, const Decoded& decoded);
    void end(std::string& out) const;

  private:
    void addRecord(std::string& out, Row row, const Decoded& decoded);

    const FrameIndex& index_;
    MessageTextOptions options_;
    std::vector<std::optional<FieldRef>> fields_; // of the columns
    FieldValues values_;
    Row previous_ = no_row;
    bool any_ = false;
};

// What relative times of `fusewire read` count from.
std::int64_t timeOriginOf(const FrameIndex& index);

} // namespace fusewire::gui

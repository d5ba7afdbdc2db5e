// Some messages of a capture as text or as a capture of their own, as `fusewire read` makes them. For
// workers (Task).
#pragma once

#include "capture/indexer.h"
#include "capture/sink.h"
#include "gui/models/capture_input.h"
#include "gui/models/message_text.h"
#include "gui/models/task.h"

#include <QString>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace fusewire::gui {

// What is taken from where.
struct MessagesToExport {
    std::shared_ptr<const Indexer> capture;
    CaptureInput input;
    std::vector<Row> rows; // ascending
};

using ExportFormat = std::variant<MessageTextOptions, FileFormat>;

// Writes them to a private file that comes in the place of `path` when it is whole. Returns what went
// wrong; empty: nothing.
QString exportMessages(const MessagesToExport& messages, const ExportFormat& format,
                       const std::string& path, const Task::Report& report);

// Appends them to `out`, and stops behind the message with which it has `most` bytes.
struct CopiedText {
    std::string text;
    std::size_t messages = 0;
};
QString copyMessages(const MessagesToExport& messages, const MessageTextOptions& options,
                     std::size_t most, CopiedText& out, const Task::Report& report);

} // namespace fusewire::gui

// JudgedMessage: what the checker says of one message with everything before it known: what the kernel
// does with it, what is wrong with it, and what becomes of the fields of each STATX. Does not change.
#pragma once

#include "dissector/checker.h"
#include "dissector/frame_index.h"

#include <QMetaType>
#include <QString>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fusewire::gui {

struct JudgedMessage {
    Row row = no_row;
    std::uint64_t frame = 0;
    MessageKind kind = MessageKind::request;
    std::optional<Verdict> verdict;  // of replies and notifications
    std::vector<Judgement> findings; // that the message itself, or what came before it, tells
    std::vector<StatxReport> statx;
    std::uint64_t nodeid = 0; // that the message is about; 0: none
    std::string path;         // of that node, as it is called then; "" or "?…": not known
    QString error;            // why there is nothing else; empty: there is
};

using JudgedMessagePtr = std::shared_ptr<const JudgedMessage>;

} // namespace fusewire::gui

Q_DECLARE_METATYPE(fusewire::gui::JudgedMessagePtr)

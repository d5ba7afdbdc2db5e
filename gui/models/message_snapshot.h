// A message as the panes of a window show it: everything copied out of the capture, so that it stays
// true while the next one is decoded in another thread.
#pragma once

#include "dissector/frame_index.h"
#include "dissector/render/tree.h"

#include <QByteArray>
#include <QMetaType>
#include <QString>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace fusewire::gui {

struct MessageSnapshot {
    Row row = no_row;
    std::uint64_t frame = 0;
    QString summary;
    std::optional<quint64> nodeid; // that the request is about
    QByteArray bytes;
    std::vector<TreeRow> tree;
    QString error; // why there is nothing else; empty: there is
};

using MessagePtr = std::shared_ptr<const MessageSnapshot>;

} // namespace fusewire::gui

Q_DECLARE_METATYPE(fusewire::gui::MessagePtr)

// UnsavedNotes: the comments and marks that are not in the file yet, for threads that read it and should
// see messages as the user does.
#pragma once

#include "capture/annotate.h"
#include "dissector/session.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace fusewire::gui {

class UnsavedNotes {
  public:
    using Changes = std::map<std::uint64_t, PacketNote>; // by frame

    UnsavedNotes() = default;
    explicit UnsavedNotes(Changes changes)
        : changes_(std::make_shared<const Changes>(std::move(changes))) {}

    // The message with what was changed about it. Valid until the next call, and as long as the message.
    Decoded on(const Decoded& decoded);

  private:
    std::shared_ptr<const Changes> changes_; // null: none
    Record record_;
    std::string comment_;
};

} // namespace fusewire::gui

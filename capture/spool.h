// Spooling: an input that can only be read from beginning to end, a pipe or a compressed file, becomes a
// private file without a name, whose messages can be read in any order.
#pragma once

#include "capture/byte_input.h"

#include <functional>
#include <memory>

namespace fusewire::files {

// Asked every so often while bytes are copied; false stops it.
using GoOn = std::function<bool(Progress)>;

// The rest of `input`, decompressed, in a file of mode 0600 in $TMPDIR or /var/tmp that is gone when it is
// closed. What came before an error in the input is kept, and the error becomes a complaint().
[[nodiscard]] Result<std::unique_ptr<ByteInput>> spool(ByteInput& input, const GoOn& go_on);

} // namespace fusewire::files

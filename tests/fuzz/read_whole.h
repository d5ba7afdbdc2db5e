// What every reader target does with its source: reads it to the end, holds it to what
// capture/source.h promises, then reads it again.
#pragma once

#include "capture/source.h"

#include <memory>

namespace fusewire::fuzz {

// An error instead of a source is a good answer to hostile bytes.
void read_whole(Result<std::unique_ptr<RecordSource>> opened);

} // namespace fusewire::fuzz

// Samples as capture files. The same text gives the same bytes on every machine.
#pragma once

#include "dissector/result.h"

#include "samples/builder/sample.h"

namespace fusewire::samples {

// Creates (truncates) a pcapng capture; "-" is standard output.
[[nodiscard]] Result<void> write_capture(const Sample& sample, const std::string& path);

// Creates (truncates) a file of raw records, see as_raw().
[[nodiscard]] Result<void> write_raw(const Sample& sample, const std::string& path);

} // namespace fusewire::samples

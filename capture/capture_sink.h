// The sinks for our two file formats. create_capture() in sink.h is what callers use.
#pragma once

#include "capture/output_file.h"
#include "capture/sink.h"

#include <memory>

namespace fusewire::files {

[[nodiscard]] Result<std::unique_ptr<RecordSink>> write_pcapng(std::unique_ptr<OutputFile> file,
                                                               const FileOrigin& origin);
[[nodiscard]] Result<std::unique_ptr<RecordSink>> write_pcap(std::unique_ptr<OutputFile> file);

} // namespace fusewire::files

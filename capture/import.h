// Sources for dump formats that are no captures of ours: raw records, and the fusedump of GlusterFS
// and parsefuse. All messages belong to connection 1 and are numbered from 1.
#pragma once

#include "capture/source.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fusewire {

enum class ImportFormat : std::uint8_t { raw, fusedump };

// The names that `import --from` takes.
std::string_view import_name(ImportFormat format);
std::optional<ImportFormat> import_format(std::string_view name);

// Opens a dump, plain or compressed; "-" is standard input. not_capture if its records do not make
// a consistent chain from the beginning.
[[nodiscard]] Result<std::unique_ptr<RecordSource>> open_import(const std::string& path,
                                                                ImportFormat format);

namespace files {

class ByteInput;

[[nodiscard]] Result<std::unique_ptr<RecordSource>> open_import(std::unique_ptr<ByteInput> input,
                                                                ImportFormat format);

// "a GlusterFS fusedump".
std::string_view import_description(ImportFormat format);

// The format whose records the first bytes of a file are, if any.
std::optional<ImportFormat> looks_like_import(Bytes head);

} // namespace files

} // namespace fusewire

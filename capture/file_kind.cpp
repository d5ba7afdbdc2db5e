#include "capture/file_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace fusewire::files {

namespace {

using namespace std::string_view_literals;

struct Magic {
    std::size_t offset;
    std::string_view bytes;
    std::string_view kind;
};

constexpr std::array magics{
    Magic{0,
          "\x7f"
          "ELF"sv,
          "ELF program"},
    Magic{0, "\x1f\x8b"sv, "gzip-compressed data"},
    Magic{0, "\x28\xb5\x2f\xfd"sv, "zstd-compressed data"},
    Magic{0,
          "\xfd"
          "7zXZ"sv,
          "xz-compressed data"},
    Magic{0, "BZh"sv, "bzip2-compressed data"},
    Magic{0, "PK\x03\x04"sv, "zip archive"},
    Magic{257, "ustar"sv, "tar archive"},
    Magic{0, "%PDF"sv, "PDF document"},
    Magic{0, "\x89PNG"sv, "PNG image"},
    Magic{0, "\xff\xd8\xff"sv, "JPEG image"},
    Magic{0, "SQLite format 3"sv, "SQLite database"},
    Magic{0, "PERFILE2"sv, "perf trace"},
    Magic{0, "#!"sv, "script"},
};

bool is_text(std::byte value) {
    const auto c = std::to_integer<unsigned>(value);
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0x7f);
}

} // namespace

std::string describe_bytes(Bytes head) {
    if (head.empty())
        return "empty file";
    const std::string_view text{reinterpret_cast<const char*>(head.data()), head.size()};
    for (const Magic& magic : magics) {
        if (text.size() >= magic.offset && text.substr(magic.offset).starts_with(magic.bytes))
            return std::string{magic.kind};
    }
    if (std::ranges::all_of(head, is_text))
        return "text";
    std::string bytes;
    for (const std::byte value : head.first(std::min<std::size_t>(head.size(), 4)))
        bytes += fmt::format(" {:02x}", std::to_integer<unsigned>(value));
    return "first bytes" + bytes;
}

} // namespace fusewire::files

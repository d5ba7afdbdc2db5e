// The two doors of this folder: a path becomes a source or a sink.
#include "capture/capture_file.h"
#include "capture/capture_sink.h"
#include "capture/sink.h"
#include "capture/source.h"
#include "capture/spool.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <utility>

namespace fusewire {

Result<std::unique_ptr<RecordSource>> open_capture(const std::string& path) {
    auto input = files::ByteInput::open(path);
    if (!input)
        return tl::unexpected(input.error());
    auto file = files::CaptureFile::open(std::move(*input));
    if (!file)
        return tl::unexpected(file.error());
    return std::move(*file);
}

Result<std::unique_ptr<RecordSource>>
open_capture_spooled(const std::string& path, const std::function<bool(Progress)>& go_on) {
    auto input = files::ByteInput::open(path);
    if (!input)
        return tl::unexpected(input.error());
    // Nothing is copied that is going to be refused.
    constexpr std::size_t magic_length = 12;
    const Bytes magic = (*input)->peek(magic_length);
    const bool known = files::looks_like_pcapng(magic) || files::looks_like_pcap(magic);
    if (known && (*input)->whole().empty()) {
        auto copy = files::spool(**input, go_on);
        if (!copy)
            return tl::unexpected(copy.error());
        input = std::move(copy);
    }
    auto file = files::CaptureFile::open(std::move(*input));
    if (!file)
        return tl::unexpected(file.error());
    return std::move(*file);
}

Result<std::unique_ptr<RecordSource>> open_growing_capture(const std::string& path,
                                                           std::function<bool()> go_on) {
    auto input = files::ByteInput::follow(path, std::move(go_on));
    if (!input)
        return tl::unexpected(input.error());
    return files::CaptureFile::open_later(std::move(*input));
}

Error no_random_access(const std::string& path) {
    return {Errc::unsupported,
            fmt::format(
                "{} is of a variant of pcap that can only be read from beginning to end; make a "
                "pcapng file of it: fusewire read {} -w FILE",
                path, path),
            0};
}

FileOrigin this_origin() {
    FileOrigin origin;
    origin.application = "fusewire " FUSEWIRE_VERSION;
    if (utsname name{}; uname(&name) == 0)
        origin.os = fmt::format("{} {} {}", name.sysname, name.release, name.machine);
    return origin;
}

Result<std::unique_ptr<RecordSink>> create_capture(const std::string& path, FileFormat format,
                                                   const FileOrigin& origin) {
    auto file = files::OutputFile::create(path);
    if (!file)
        return tl::unexpected(file.error());
    if (format == FileFormat::pcap)
        return files::write_pcap(std::move(*file));
    return files::write_pcapng(std::move(*file), origin);
}

} // namespace fusewire

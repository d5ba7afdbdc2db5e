#include "samples/builder/write_sample.h"

#include "capture/sink.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>

namespace fusewire::samples {

Result<void> write_capture(const Sample& sample, const std::string& path) {
    auto sink = create_capture(path, FileFormat::pcapng, {.os = "", .application = "build_sample"});
    if (!sink)
        return tl::unexpected(sink.error());
    for (const Connection& connection : sample.connections)
        if (auto described = (*sink)->describe(connection); !described)
            return described;
    for (const SampleRecord& record : sample.records)
        if (auto written = (*sink)->write(record.view()); !written)
            return written;
    return (*sink)->flush();
}

Result<void> write_raw(const Sample& sample, const std::string& path) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << as_raw(sample);
    file.flush();
    if (!file)
        return fail(Errc::io, fmt::format("cannot write {}", path), errno);
    return {};
}

} // namespace fusewire::samples

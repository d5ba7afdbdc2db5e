#include "capture/capture_writer.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fusewire {

namespace {

// Creating the output truncates it, and would take the input away under a mapping of it.
bool same_file(const std::string& output, const std::string& input) {
    struct stat out {};
    struct stat in {};
    const int found = input == "-" ? fstat(STDIN_FILENO, &in) : stat(input.c_str(), &in);
    return found == 0 && stat(output.c_str(), &out) == 0 && S_ISREG(out.st_mode) &&
           out.st_dev == in.st_dev && out.st_ino == in.st_ino;
}

} // namespace

Result<CaptureWriter> CaptureWriter::create(const std::string& path, FileFormat format,
                                            const std::string& input) {
    if (path != "-" && same_file(path, input))
        return fail(Errc::usage, fmt::format("-w {} is the file that is read; name another", path));
    return create(path, format);
}

Result<CaptureWriter> CaptureWriter::create(const std::string& path, FileFormat format) {
    auto sink = create_capture(path, format);
    if (!sink)
        return tl::unexpected(sink.error());
    return CaptureWriter(std::move(*sink));
}

Result<void> CaptureWriter::write(const RecordSource& source, const Record& record) {
    if (auto described = describe(source); !described)
        return described;
    return sink_->write(record);
}

Result<void> CaptureWriter::describe(const RecordSource& source) {
    const auto& connections = source.connections();
    const auto revised = source.revised();
    Result<void> described;
    for (; described && described_ < connections.size(); ++described_)
        described = sink_->describe(connections[described_]);
    for (; described && revised_ < revised.size(); ++revised_)
        described = sink_->describe(connections[revised[revised_]]);
    return described;
}

} // namespace fusewire

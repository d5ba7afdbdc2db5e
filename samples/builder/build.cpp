#include "samples/builder/build.h"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "samples/builder/script.h"

namespace fusewire::samples {

Result<std::vector<Sample>> build_samples(std::string_view text, const std::string& file,
                                          const BuildOptions& options) {
    Complaint complaint;
    Script script(options, complaint);
    script.run(text, file, std::filesystem::path(file).stem().string());
    if (complaint.failed())
        return fail(Errc::usage, complaint.message());
    return script.take_samples();
}

Result<std::vector<Sample>> build_samples_from(const std::string& path,
                                               const BuildOptions& options) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf()))
        return fail(Errc::io, fmt::format("cannot read {}", path), errno);
    return build_samples(text.str(), path, options);
}

} // namespace fusewire::samples

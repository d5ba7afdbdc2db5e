// build_samples(): a text (its language is described in samples/README.md) to the samples it
// describes: one for each `sample NAME { … }` section, or one for the whole text.
#pragma once

#include "dissector/result.h"

#include "samples/builder/sample.h"

namespace fusewire::samples {

struct BuildOptions {
    std::vector<std::string> include_folders; // searched after the including file's own folder
};

// `file` names the text in errors and gives the sample its name; `include` is looked up beside it.
[[nodiscard]] Result<std::vector<Sample>>
build_samples(std::string_view text, const std::string& file, const BuildOptions& options = {});
[[nodiscard]] Result<std::vector<Sample>> build_samples_from(const std::string& path,
                                                             const BuildOptions& options = {});

} // namespace fusewire::samples

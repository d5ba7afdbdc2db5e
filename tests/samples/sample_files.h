// The committed samples, as tests see them.
#pragma once

#include "dissector/checker.h"
#include "dissector/session.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "samples/builder/build.h"

namespace fusewire::samples {

// A text in samples/ and the one sample that it describes; a text that cannot be built fails the test.
struct SampleFile {
    std::filesystem::path text;
    Sample sample;

    std::filesystem::path beside(std::string_view extension) const;
};
std::vector<SampleFile> sample_files();

std::filesystem::path samples_folder();

// The sample of a text given in the test itself; an empty one, and a failure, if it cannot be built.
Sample built(std::string_view text);

std::string contents_of(const std::filesystem::path& path);
std::string hex(Bytes bytes);

// Runs the source's records through a session, as a view would.
using Look = std::function<void(const Decoded& decoded)>;
void look_at(RecordSource& source, DialectName forced, const Look& look);

// As `fusewire check` does it: dialects and pairs first, then everything.
std::vector<Judgement> judged(RecordSource& source);

// Each node's name and value, and the findings, a line each: what a change of the decoder shows in.
std::string summary(const Decoded& decoded);

// FUSEWIRE_UPDATE_GOLDEN=1: expectations are written instead of compared.
bool updates_golden();
// The first lines in which a text differs from a file's contents; empty when it does not.
std::string difference_from(const std::filesystem::path& path, const std::string& actual);
// Compares with the file's contents, or writes it; failures show the difference.
void expect_golden(const std::filesystem::path& path, const std::string& actual);

} // namespace fusewire::samples

// build_sample: a text to the capture that it describes. See samples/README.md for the language.
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "samples/builder/build.h"
#include "samples/builder/write_sample.h"

namespace {

using namespace fusewire;

constexpr int exit_usage = 2;
constexpr int exit_failed = 3;

constexpr std::string_view usage =
    "usage: build_sample TEXT [-o CAPTURE] [--raw RAW] [--sample NAME] [-I FOLDER]…\n"
    "  TEXT            what the capture holds\n"
    "  -o CAPTURE      writes a pcapng capture; \"-\" is standard output\n"
    "  --raw RAW       writes raw records, for fusewire import --from raw\n"
    "  --sample NAME   the one to write when the text has several; without it they are listed\n"
    "  -I FOLDER       where else to look for included files\n";

struct Arguments {
    std::string text;
    std::string capture;
    std::string raw;
    std::string sample;
    samples::BuildOptions options;
    bool valid = true;
};

Arguments parse(std::span<char*> words) {
    Arguments out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        const bool has_value =
            word == "-o" || word == "--raw" || word == "--sample" || word == "-I";
        if (!has_value) {
            out.valid = out.valid && out.text.empty() && !word.starts_with('-');
            out.text = word;
            continue;
        }
        if (++i == words.size())
            return {.valid = false};
        const std::string value = words[i];
        if (word == "-I")
            out.options.include_folders.push_back(value);
        else
            (word == "-o" ? out.capture : (word == "--raw" ? out.raw : out.sample)) = value;
    }
    out.valid = out.valid && !out.text.empty();
    return out;
}

int failed(const Error& error) {
    fmt::print(stderr, "build_sample: {}\n", error.message);
    return exit_failed;
}

int list(const std::vector<samples::Sample>& built) {
    for (const samples::Sample& sample : built)
        fmt::print("{}: {} records, dialect {}\n", sample.name, sample.records.size(),
                   spelling(sample.dialect));
    return 0;
}

} // namespace

int main(int count, char** words) {
    const Arguments arguments = parse(std::span(words + 1, words + count));
    if (!arguments.valid) {
        fmt::print(stderr, "{}", usage);
        return exit_usage;
    }
    const auto built = samples::build_samples_from(arguments.text, arguments.options);
    if (!built)
        return failed(built.error());
    if (arguments.capture.empty() && arguments.raw.empty())
        return list(*built);
    const auto chosen = std::find_if(built->begin(), built->end(), [&](const samples::Sample& one) {
        return arguments.sample.empty() ? built->size() == 1 : one.name == arguments.sample;
    });
    if (chosen == built->end()) {
        fmt::print(stderr, "build_sample: choose one with --sample:\n");
        list(*built);
        return exit_usage;
    }
    if (!arguments.capture.empty())
        if (const auto written = samples::write_capture(*chosen, arguments.capture); !written)
            return failed(written.error());
    if (!arguments.raw.empty())
        if (const auto written = samples::write_raw(*chosen, arguments.raw); !written)
            return failed(written.error());
    return 0;
}

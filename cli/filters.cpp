// fusewire filters: the reference of display filters, printed from the tables of their language.
#include "dissector/render/filters.h"

#include "cli/diagnostics.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/subcommand.h"

#include <unistd.h>

#include <memory>

namespace fusewire {

namespace {

enum class FiltersFormat : std::uint8_t { text, json, markdown };
constexpr Choice<FiltersFormat> filters_formats[] = {{"text", FiltersFormat::text},
                                                     {"json", FiltersFormat::json},
                                                     {"markdown", FiltersFormat::markdown}};

int run_filters(FiltersFormat format) {
    Output out(STDOUT_FILENO);
    switch (format) {
    case FiltersFormat::text:
        append_filters_text(out.text());
        break;
    case FiltersFormat::json:
        append_filters_json(out.text());
        break;
    case FiltersFormat::markdown:
        append_filters_markdown(out.text());
        break;
    }
    const auto printed = out.finish();
    return printed ? exit_done : report(printed.error());
}

} // namespace

Subcommand add_filters_command(CLI::App& app) {
    const auto format = std::make_shared<FiltersFormat>(FiltersFormat::text);
    CLI::App* filters = app.add_subcommand("filters", "Explain the language of display filters");
    add_choice(*filters, "-T", *format, filters_formats, "What to print, text by default");

    Subcommand command;
    command.app = filters;
    command.run = [format] { return run_filters(*format); };
    command.examples = {
        {"fusewire filters", "operators, values, units and functions, with examples"},
        {"fusewire fields error", "names of fields that a filter can ask for"},
    };
    command.details = "A display filter chooses messages by their fields, in Wireshark's syntax: "
                      "fuse.opcode == READ && fuse.latency > 5 ms.";
    return command;
}

} // namespace fusewire

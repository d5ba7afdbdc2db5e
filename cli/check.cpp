// fusewire check: says what is wrong in a capture, and what the kernel makes of it.
#include "cli/check_pass.h"
#include "cli/diagnostics.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/subcommand.h"
#include "dissector/render/report.h"

#include <unistd.h>

#include <memory>

namespace fusewire {

namespace {

enum class CheckFormat : std::uint8_t { text, json, sarif, junit };
constexpr Choice<CheckFormat> check_formats[] = {{"text", CheckFormat::text},
                                                 {"json", CheckFormat::json},
                                                 {"sarif", CheckFormat::sarif},
                                                 {"junit", CheckFormat::junit}};
constexpr Choice<Severity> severities[] = {
    {"error", Severity::error}, {"warn", Severity::warn}, {"note", Severity::note}};

struct CheckOptions {
    CheckInput input;
    CheckFormat format = CheckFormat::text;
    Severity least = Severity::warn;
    bool all = false;
    ColorWhen color = ColorWhen::automatic;
};

void print(std::string& out, const CheckReport& report, const CheckOptions& options) {
    switch (options.format) {
    case CheckFormat::text:
        return append_text(
            out, report,
            {.color = wants_color(options.color), .all = options.all, .least = options.least});
    case CheckFormat::json:
        return append_json(out, report);
    case CheckFormat::sarif:
        return append_sarif(out, report, options.input.file, FUSEWIRE_VERSION);
    case CheckFormat::junit:
        return append_junit(out, report, options.input.file);
    }
}

int run_check(const CheckOptions& options) {
    auto pass = CheckPass::open(options.input);
    if (!pass)
        return report(pass.error());
    pass->run();
    const CheckReport found = report_of(pass->checker(), options.least);
    Output out(STDOUT_FILENO);
    print(out.text(), found, options);
    if (auto printed = out.finish(); !printed)
        return report(printed.error());
    return pass->finish(found.groups.empty() ? exit_done : exit_findings);
}

} // namespace

Subcommand add_check_command(CLI::App& app) {
    const auto options = std::make_shared<CheckOptions>();
    CLI::App* check = app.add_subcommand("check", "Say what is wrong in a capture");
    add_check_input(*check, options->input);
    add_choice(*check, "--severity", options->least, severities,
               "Show this and worse, and exit with 1 if there is any; warn by default");
    add_choice(*check, "-T", options->format, check_formats, "What to print, text by default");
    check->add_flag("--all", options->all, "Show every place of a finding, not only the first few");
    add_color_option(*check, options->color);

    Subcommand command;
    command.app = check;
    command.run = [options] { return run_check(*options); };
    command.examples = {
        {"fusewire check x.pcapng", "what is wrong, worst first, and what to change in the server"},
        {"fusewire check x.pcapng --severity note --all", "everything worth knowing"},
        {"fusewire check x.pcapng -T json | jq '.findings[].rule'", "for programs"},
        {"fusewire check x.pcapng -T sarif > fuse.sarif", "for what shows results of builds"},
        {"fusewire capture -w - | fusewire check -", "live, judged once the capture ends"},
    };
    command.details =
        "Findings of one rule stand together: how bad it is and what is wrong, what the kernel or "
        "the server does about it, what to change, and the first places. fusewire rules ID "
        "explains "
        "a rule.\n"
        "error: the kernel rejects it or misbehaves, or the protocol forbids it. warn: accepted, "
        "but almost surely a bug. note: suspicious, or worth knowing.\n"
        "Rules that need to know what happened before give notes where messages were lost or the "
        "capture began after INIT.\n"
        "A file whose dialect only shows in the midst of it is read twice, so that it is known "
        "from "
        "the first message on.";
    return command;
}

} // namespace fusewire

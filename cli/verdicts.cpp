// fusewire verdicts: the reference of what the kernel does with replies and notifications.
#include "cli/diagnostics.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/subcommand.h"
#include "dissector/render/verdict.h"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>

namespace fusewire {

namespace {

enum class VerdictsFormat : std::uint8_t { text, markdown };
constexpr Choice<VerdictsFormat> verdicts_formats[] = {{"text", VerdictsFormat::text},
                                                       {"markdown", VerdictsFormat::markdown}};

struct VerdictsOptions {
    std::string pattern;
    VerdictsFormat format = VerdictsFormat::text;
};

int run_verdicts(const VerdictsOptions& options) {
    Output out(STDOUT_FILENO);
    if (options.format == VerdictsFormat::markdown)
        out.text() = verdict_page();
    else
        append_verdict_rows(out.text(), options.pattern);
    if (out.text().empty()) {
        say(fmt::format("no verdict matches {}; fusewire verdicts lists them all",
                        options.pattern));
        return exit_usage;
    }
    const auto printed = out.finish();
    return printed ? exit_done : report(printed.error());
}

} // namespace

Subcommand add_verdicts_command(CLI::App& app) {
    const auto options = std::make_shared<VerdictsOptions>();
    CLI::App* verdicts =
        app.add_subcommand("verdicts", "List what the kernel does with replies and notifications");
    verdicts
        ->add_option("PATTERN", options->pattern,
                     "Only verdicts whose id, outcome or text contains this")
        ->type_name("");
    add_choice(*verdicts, "-T", options->format, verdicts_formats,
               "What to print, text by default; markdown is the whole reference");

    Subcommand command;
    command.app = verdicts;
    command.run = [options] { return run_verdicts(*options); };
    command.examples = {
        {"fusewire verdicts", "every row, in the order in which they are tried"},
        {"fusewire verdicts inode-bad", "the mistakes that make an inode bad"},
    };
    command.details = "A verdict says what the server's write() returns, what the caller gets, and "
                      "what becomes of the kernel's own state.";
    return command;
}

} // namespace fusewire

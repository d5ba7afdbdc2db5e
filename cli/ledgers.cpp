// fusewire nodes and fusewire fhandles: what became of every node and every fhandle of a capture.
#include "cli/check_pass.h"
#include "cli/diagnostics.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/subcommand.h"
#include "dissector/render/ledger.h"

#include <unistd.h>

#include <memory>

namespace fusewire {

namespace {

enum class LedgerFormat : std::uint8_t { text, json };
constexpr Choice<LedgerFormat> ledger_formats[] = {{"text", LedgerFormat::text},
                                                   {"json", LedgerFormat::json}};

using Append = void (*)(std::string&, const Ledger&, const Checker&);

struct LedgerKind {
    const char* name;
    const char* brief;
    Append text;
    Append json;
};

struct LedgerOptions {
    CheckInput input;
    LedgerFormat format = LedgerFormat::text;
};

int run_ledger(const LedgerOptions& options, const LedgerKind& kind) {
    auto pass = CheckPass::open(options.input);
    if (!pass)
        return report(pass.error());
    Ledger ledger;
    pass->run(&ledger);
    Output out(STDOUT_FILENO);
    const Append append = options.format == LedgerFormat::json ? kind.json : kind.text;
    append(out.text(), ledger, pass->checker());
    if (auto printed = out.finish(); !printed)
        return report(printed.error());
    return pass->finish(exit_done);
}

Subcommand add_ledger_command(CLI::App& app, const LedgerKind& kind) {
    const auto options = std::make_shared<LedgerOptions>();
    Subcommand command;
    command.app = app.add_subcommand(kind.name, kind.brief);
    add_check_input(*command.app, options->input);
    add_choice(*command.app, "-T", options->format, ledger_formats,
               "What to print, text by default");
    command.run = [options, &kind] { return run_ledger(*options, kind); };
    return command;
}

constexpr LedgerKind nodes_kind{"nodes", "List the nodes of a capture and what became of them",
                                append_nodes_text, append_nodes_json};
constexpr LedgerKind fhandles_kind{"fhandles", "List the fhandles of a capture and who bore them",
                                   append_fhandles_text, append_fhandles_json};

} // namespace

Subcommand add_nodes_command(CLI::App& app) {
    Subcommand command = add_ledger_command(app, nodes_kind);
    command.examples = {
        {"fusewire nodes x.pcapng", "a line for each nodeid, with changes below it"},
        {"fusewire nodes x.pcapng -T json | jq '.nodes[] | select(.live)'",
         "what the kernel still holds at the end"},
    };
    command.details =
        "Of each nodeid: its type, ino and generation; the references that the server handed out "
        "(a range, where it is not sure that the kernel took them all) and that the kernel gave "
        "back; the first and last frame about it; whether it is live or in which frame its last "
        "reference was given back; its path as far as it is known; the rules that found something "
        "about it.\n"
        "Below it, when its fhandle, generation or path changed.\n"
        "\"not seen\" is a node that was used before anybody introduced it.";
    return command;
}

Subcommand add_fhandles_command(CLI::App& app) {
    Subcommand command = add_ledger_command(app, fhandles_kind);
    command.examples = {
        {"fusewire fhandles x.pcapng", "each fhandle with its nodes"},
        {"fusewire fhandles x.pcapng -T json | jq '.fhandles[] | select(.nodes | length > 1)'",
         "those that more than one node bore"},
    };
    command.details =
        "Of each fhandle that a LOOKUP_HANDLE server returned: how often it was returned, how "
        "often "
        "the kernel sent it back in an extension, and the nodes that bore it, each with its "
        "generation and from which frame to which.";
    return command;
}

} // namespace fusewire

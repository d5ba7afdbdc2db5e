// The subcommands. Each has one file, which describes its options to CLI11 and runs it; help, man
// pages and shell completions are all made from these descriptions.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <vector>

namespace fusewire {

struct Example {
    const char* line; // as typed
    const char* what; // it does
};

struct Subcommand {
    CLI::App* app = nullptr;
    std::function<int()> run; // after parsing; returns an ExitCode
    std::vector<Example> examples;
    std::string details; // paragraphs of the man page, after an empty line each
    // Takes what follows "--"; null if the command knows no such part.
    std::function<void(std::vector<std::string>)> after_dashes;
};

Subcommand add_capture_command(CLI::App& app);
Subcommand add_read_command(CLI::App& app);
Subcommand add_check_command(CLI::App& app);
Subcommand add_nodes_command(CLI::App& app);
Subcommand add_fhandles_command(CLI::App& app);
Subcommand add_stats_command(CLI::App& app);
Subcommand add_import_command(CLI::App& app);
Subcommand add_fields_command(CLI::App& app);
Subcommand add_filters_command(CLI::App& app);
Subcommand add_rules_command(CLI::App& app);
Subcommand add_dialects_command(CLI::App& app);
Subcommand add_verdicts_command(CLI::App& app);
Subcommand add_doctor_command(CLI::App& app);
// These describe all subcommands, which have to outlive them.
Subcommand add_completion_command(CLI::App& app, const std::vector<Subcommand>& all);
Subcommand add_manual_command(CLI::App& app, const std::vector<Subcommand>& all);

} // namespace fusewire

// The whole command line: the program, its subcommands, and what is said when the arguments are
// wrong.
#pragma once

#include "cli/subcommand.h"

#include <string>
#include <vector>

namespace fusewire {

class CommandLine {
  public:
    CommandLine();

    // Runs the command that the arguments (without the program's name) ask for; returns an ExitCode.
    int run(std::vector<std::string> arguments);

    const CLI::App& app() const { return app_; }
    const std::vector<Subcommand>& commands() const { return commands_; }

  private:
    const Subcommand* find(const std::string& name) const;
    int parse_and_run(std::vector<std::string> arguments, const Subcommand* command);
    int wrong_arguments(const CLI::ParseError& error, const Subcommand* command) const;

    CLI::App app_;
    std::vector<Subcommand> commands_;
};

} // namespace fusewire

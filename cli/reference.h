// The command line as data, taken from what the subcommands told CLI11: what the manual and the
// completions are made from, so that neither can disagree with the parser.
#pragma once

#include "cli/subcommand.h"

#include <span>
#include <string>
#include <vector>

namespace fusewire {

struct OptionReference {
    std::vector<std::string> flags; // "-t", "--time"; empty: a positional
    std::string value;              // "FILE", "text|json"; of a positional its name; empty: none
    std::string help;
    std::vector<std::string> words; // that it takes; empty: something else than one of some words
    bool repeats = false;
    bool required = false;
};

struct CommandReference {
    std::string name;
    std::string brief; // without a capital letter
    std::vector<OptionReference> options;
    std::vector<OptionReference> positionals;
    std::vector<Example> examples;
    std::vector<std::string> details; // a paragraph each
    bool takes_command = false;       // "[-- COMMAND...]"
};

CommandReference reference_of(const Subcommand& command);

// Of the commands that the help shows.
std::vector<CommandReference> reference_of(std::span<const Subcommand> commands);

// "fusewire read [OPTIONS] FILE"
std::string synopsis_of(const CommandReference& command);

} // namespace fusewire

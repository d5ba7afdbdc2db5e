#include "cli/reference.h"

#include "dissector/dialect.h"

#include <algorithm>
#include <cctype>
#include <sstream>

namespace fusewire {

namespace {

std::string without_capital(std::string text) {
    if (!text.empty())
        text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
    return text;
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);)
        parts.push_back(part);
    return parts;
}

// Options with fixed words say them as their type, but for two whose lists are long or may grow.
std::vector<std::string> words_of(const std::string& type) {
    if (type.find('|') != std::string::npos)
        return split(type, '|');
    std::vector<std::string> words;
    if (type == "DIALECT")
        for (int i = 0; i < dialect_count; ++i)
            words.emplace_back(spelling(static_cast<DialectName>(i)));
    if (type == "TIER")
        words = {"auto", "tp"};
    return words;
}

OptionReference describe(const CLI::Option& option) {
    OptionReference out;
    for (const std::string& name : option.get_snames())
        out.flags.push_back("-" + name);
    for (const std::string& name : option.get_lnames())
        out.flags.push_back("--" + name);
    const bool takes_value = option.get_expected_max() != 0;
    if (out.flags.empty())
        out.value = option.get_name(true);
    else if (takes_value)
        out.value = option.get_type_name();
    out.words = words_of(option.get_type_name());
    out.help = option.get_description();
    out.repeats = option.get_expected_max() > 1;
    out.required = option.get_required();
    return out;
}

} // namespace

CommandReference reference_of(const Subcommand& command) {
    CommandReference out;
    out.name = command.app->get_name();
    out.brief = without_capital(command.app->get_description());
    out.examples = command.examples;
    out.details = split(command.details, '\n');
    out.takes_command = command.after_dashes != nullptr;
    for (const CLI::Option* option :
         command.app->get_options([](const CLI::Option*) { return true; })) {
        OptionReference described = describe(*option);
        (described.flags.empty() ? out.positionals : out.options).push_back(std::move(described));
    }
    return out;
}

std::vector<CommandReference> reference_of(std::span<const Subcommand> commands) {
    std::vector<CommandReference> reference;
    for (const Subcommand& command : commands)
        if (!command.app->get_group().empty())
            reference.push_back(reference_of(command));
    return reference;
}

std::string synopsis_of(const CommandReference& command) {
    std::string out = "fusewire " + command.name;
    for (const OptionReference& option : command.options)
        if (option.required)
            out += " " + option.flags.front() + " " + option.value;
    out += " [OPTIONS]";
    for (const OptionReference& positional : command.positionals) {
        const std::string text = positional.value + (positional.repeats ? "..." : "");
        out += positional.required ? " " + text : " [" + text + "]";
    }
    return command.takes_command ? out + " [-- COMMAND...]" : out;
}

} // namespace fusewire

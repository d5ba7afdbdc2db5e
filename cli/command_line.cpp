#include "cli/command_line.h"

#include "cli/diagnostics.h"
#include "cli/exit_code.h"
#include "cli/reference.h"
#include "dissector/render/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <span>

namespace fusewire {

namespace {

constexpr std::size_t help_column = 30;

constexpr const char* help_of_help = "Print this help and exit";

// Help in CLI11's form, but with our own line of usage.
class HelpFormatter final : public CLI::Formatter {
  public:
    explicit HelpFormatter(std::string usage) : usage_(std::move(usage)) {
        column_width(help_column);
    }

    std::string make_usage(const CLI::App*, std::string) const override {
        return "Usage: " + usage_ + "\n";
    }

  private:
    std::string usage_;
};

std::string examples_text(std::span<const Example> examples) {
    if (examples.empty())
        return {};
    std::string text = "Examples:";
    for (const Example& example : examples)
        text += fmt::format("\n  {}\n      {}", example.line, example.what);
    return text;
}

bool is_option(const std::string& argument) {
    return argument.size() > 1 && argument.front() == '-';
}

std::vector<std::string> command_names(std::span<const Subcommand> commands) {
    std::vector<std::string> names;
    for (const Subcommand& command : commands)
        names.push_back(command.app->get_name());
    return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_snames())
            names.push_back("-" + name);
        for (const std::string& name : option->get_lnames())
            names.push_back("--" + name);
    }
    return names;
}

std::string suggestion(const std::string& word, std::span<const std::string> known) {
    const std::string near = nearest_name(word, known);
    return near.empty() ? std::string() : fmt::format("; did you mean {}?", near);
}

int unknown_command(const std::string& name, std::span<const Subcommand> commands) {
    const std::string near = suggestion(name, command_names(commands));
    say(fmt::format("no command is called {}{}", name,
                    near.empty() ? "; fusewire --help lists them" : near));
    return exit_usage;
}

// What CLI11 says, as the middle of a sentence.
std::string reason_of(const CLI::ParseError& error) {
    std::string reason = error.what();
    std::replace(reason.begin(), reason.end(), '\n', ' ');
    while (!reason.empty() && (reason.back() == '.' || reason.back() == ' '))
        reason.pop_back();
    return reason;
}

} // namespace

CommandLine::CommandLine() : app_("Capture, decode and check the Linux FUSE protocol", "fusewire") {
    app_.set_version_flag("--version", "fusewire " FUSEWIRE_VERSION, "Print the version and exit");
    app_.set_help_flag("-h,--help", help_of_help);
    app_.require_subcommand(0, 1);
    app_.footer("fusewire COMMAND --help explains a command.");
    app_.formatter(std::make_shared<HelpFormatter>("fusewire COMMAND [OPTIONS]..."));
    for (const auto add :
         {add_capture_command, add_read_command, add_check_command, add_nodes_command,
          add_fhandles_command, add_stats_command, add_import_command, add_fields_command,
          add_filters_command, add_dialects_command, add_rules_command, add_verdicts_command,
          add_doctor_command})
        commands_.push_back(add(app_));
    commands_.push_back(add_completion_command(app_, commands_));
    commands_.push_back(add_manual_command(app_, commands_));
    for (const Subcommand& command : commands_) {
        command.app->set_help_flag("-h,--help", help_of_help);
        command.app->footer(examples_text(command.examples));
        command.app->formatter(std::make_shared<HelpFormatter>(synopsis_of(reference_of(command))));
    }
}

const Subcommand* CommandLine::find(const std::string& name) const {
    const auto found = std::ranges::find_if(
        commands_, [&](const Subcommand& command) { return command.app->get_name() == name; });
    return found == commands_.end() ? nullptr : &*found;
}

int CommandLine::run(std::vector<std::string> arguments) {
    if (arguments.empty()) {
        say("no command given; fusewire --help lists them");
        return exit_usage;
    }
    const Subcommand* command = find(arguments.front());
    if (command == nullptr && !is_option(arguments.front()))
        return unknown_command(arguments.front(), commands_);
    if (command != nullptr && command->after_dashes) {
        const auto dashes = std::ranges::find(arguments, "--");
        if (dashes != arguments.end()) {
            command->after_dashes({dashes + 1, arguments.end()});
            arguments.erase(dashes, arguments.end());
        }
    }
    return parse_and_run(std::move(arguments), command);
}

int CommandLine::parse_and_run(std::vector<std::string> arguments, const Subcommand* command) {
    std::ranges::reverse(arguments); // as CLI11 wants them
    try {
        app_.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0)
            return app_.exit(error);
        return wrong_arguments(error, command);
    }
    if (command == nullptr) {
        say("no command given; fusewire --help lists them");
        return exit_usage;
    }
    return command->run();
}

int CommandLine::wrong_arguments(const CLI::ParseError& error, const Subcommand* command) const {
    const CLI::App& app = command == nullptr ? app_ : *command->app;
    const std::string help =
        command == nullptr ? "fusewire --help" : fmt::format("fusewire {} --help", app.get_name());
    const std::vector<std::string> extras = app.remaining();
    if (!extras.empty() && dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
        const std::string& word = extras.front();
        // A letter is near to every other.
        const std::string near =
            word.starts_with("--") ? suggestion(word, option_names(app)) : std::string();
        say(fmt::format("{}: {} {}{}", app.get_name(), is_option(word) ? "no option" : "unexpected",
                        word, near.empty() ? "; see " + help : near));
        return exit_usage;
    }
    say(fmt::format("{}: {}; see {}", app.get_name(), reason_of(error), help));
    return exit_usage;
}

} // namespace fusewire

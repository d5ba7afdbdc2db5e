// fusewire manual: the manual pages and docs/cli.md, made from the reference of the command line.
// Hidden, since it is for building packages.
#include "cli/diagnostics.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/reference.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <memory>
#include <string_view>

namespace fusewire {

namespace {

enum class ManualFormat : std::uint8_t { roff, markdown };
constexpr Choice<ManualFormat> manual_formats[] = {{"roff", ManualFormat::roff},
                                                   {"markdown", ManualFormat::markdown}};

struct ManualOptions {
    std::string command; // empty: the page of fusewire itself
    ManualFormat format = ManualFormat::roff;
};

struct Meaning {
    const char* word;
    const char* meaning;
};

constexpr Meaning exit_statuses[] = {
    {"0", "Done."},
    {"1", "There are findings (check) or differences (diff)."},
    {"2", "The arguments are wrong."},
    {"3", "Something could not be read, written or captured. What was whole has been printed or "
          "written."},
};

constexpr Meaning environment[] = {
    {"NO_COLOR", "Without colours, unless --color always is given."},
    {"SUDO_UID, SUDO_GID, PKEXEC_UID", "Whom capture becomes once the probe is attached."},
};

constexpr const char* introduction =
    "fusewire shows what crosses the connection between the Linux kernel and a FUSE file system: "
    "an "
    "eBPF probe copies the messages, a decoder that knows every opcode up to protocol 7.46 and the "
    "LOOKUP_HANDLE and COMPOUND series explains them.";

std::string flags_of(const OptionReference& option) {
    return fmt::format("{}", fmt::join(option.flags, ", "));
}

// Text for troff: no character of it is a command.
std::string roff(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n'))
            out += fmt::format("\\&{}", c);
        else
            out += c;
    }
    return out;
}

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
    return text;
}

class RoffPage {
  public:
    explicit RoffPage(const std::string& title) {
        add(".TH {} 1 \"\" \"fusewire {}\" \"User Commands\"\n", roff(upper(title)),
            FUSEWIRE_VERSION);
    }

    void section(std::string_view title) { add(".SH {}\n", title); }
    void paragraph(std::string_view text) { add(".PP\n{}\n", roff(text)); }
    void name(std::string_view page, std::string_view brief) {
        section("NAME");
        add("{} \\- {}\n", roff(page), roff(brief));
    }
    void synopsis(std::string_view text) {
        section("SYNOPSIS");
        add(".B {}\n", roff(text));
    }
    void item(std::string_view what, std::string_view value, std::string_view meaning) {
        add(".TP\n\\fB{}\\fR", roff(what));
        if (!value.empty())
            add(" \\fI{}\\fR", roff(value));
        add("\n{}\n", roff(meaning));
    }
    void table(std::string_view title, std::span<const Meaning> rows) {
        section(title);
        for (const Meaning& row : rows)
            item(row.word, "", row.meaning);
    }
    void examples(std::span<const Example> examples) {
        section("EXAMPLES");
        for (const Example& example : examples)
            add(".PP\n{}:\n.PP\n.RS 4\n.nf\n{}\n.fi\n.RE\n", roff(example.what),
                roff(example.line));
    }
    void see_also(std::span<const std::string> pages) {
        section("SEE ALSO");
        std::string text;
        for (const std::string& page : pages)
            text += fmt::format("{}\\fB{}\\fR(1)", text.empty() ? "" : ",\n", roff(page));
        add("{}\n", text);
    }
    std::string take() { return std::move(out_); }

  private:
    template <class... Arguments>
    void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
    }

    std::string out_;
};

std::string command_page(const CommandReference& command) {
    const std::string page = "fusewire-" + command.name;
    RoffPage out(page);
    out.name(page, command.brief);
    out.synopsis(synopsis_of(command));
    out.section("DESCRIPTION");
    for (const std::string& paragraph : command.details)
        out.paragraph(paragraph);
    out.section("OPTIONS");
    for (const OptionReference& positional : command.positionals)
        out.item(positional.value, "", positional.help);
    for (const OptionReference& option : command.options)
        out.item(flags_of(option), option.value, option.help);
    out.examples(command.examples);
    out.table("EXIT STATUS", exit_statuses);
    out.see_also(std::vector<std::string>{"fusewire"});
    return out.take();
}

std::string overview_page(std::span<const CommandReference> commands) {
    RoffPage out("fusewire");
    out.name("fusewire", "capture, decode and check the Linux FUSE protocol");
    out.synopsis("fusewire COMMAND [OPTIONS]...");
    out.section("DESCRIPTION");
    out.paragraph(introduction);
    out.section("COMMANDS");
    std::vector<std::string> pages;
    for (const CommandReference& command : commands) {
        out.item(command.name, "", command.brief);
        pages.push_back("fusewire-" + command.name);
    }
    out.table("ENVIRONMENT", environment);
    out.table("EXIT STATUS", exit_statuses);
    out.see_also(pages);
    return out.take();
}

// For a table cell: | would end it.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
}

std::string markdown_section(const CommandReference& command) {
    std::string out = fmt::format("\n## {}\n\n    {}\n", command.name, synopsis_of(command));
    for (const std::string& paragraph : command.details)
        out += fmt::format("\n{}\n", paragraph);
    out += "\n| option | does |\n|---|---|\n";
    for (const OptionReference& positional : command.positionals)
        out += fmt::format("| {} | {} |\n", positional.value, cell(positional.help));
    for (const OptionReference& option : command.options)
        out += fmt::format("| `{}`{} | {} |\n", flags_of(option),
                           option.value.empty() ? "" : " " + cell(option.value), cell(option.help));
    out += "\n";
    for (const Example& example : command.examples)
        out += fmt::format("    {:<60} # {}\n", example.line, example.what);
    return out;
}

std::string markdown_page(std::span<const CommandReference> commands) {
    std::string out = "# The command line\n\n"
                      "Generated from the options by `fusewire manual -T markdown`.\n\n"
                      "`-` stands for standard input or output. Errors are one line on standard "
                      "error.\n\n| exit code | means |\n|---|---|\n";
    for (const Meaning& status : exit_statuses)
        out += fmt::format("| {} | {} |\n", status.word, status.meaning);
    for (const CommandReference& command : commands)
        out += markdown_section(command);
    return out;
}

int run_manual(const ManualOptions& options, std::span<const Subcommand> subcommands) {
    const std::vector<CommandReference> commands = reference_of(subcommands);
    Output out(STDOUT_FILENO);
    const auto command = std::ranges::find(commands, options.command, &CommandReference::name);
    if (options.format == ManualFormat::markdown)
        out.text() = markdown_page(commands);
    else if (options.command.empty())
        out.text() = overview_page(commands);
    else if (command != commands.end())
        out.text() = command_page(*command);
    else
        return report({Errc::usage, fmt::format("no command is called {}", options.command)});
    const auto printed = out.finish();
    return printed ? exit_done : report(printed.error());
}

} // namespace

Subcommand add_manual_command(CLI::App& app, const std::vector<Subcommand>& all) {
    const auto options = std::make_shared<ManualOptions>();
    CLI::App* manual = app.add_subcommand("manual", "Print the manual page of a command");
    manual->group(""); // not in the help
    manual->add_option("COMMAND", options->command, "Of this command")->type_name("");
    add_choice(*manual, "-T", options->format, manual_formats,
               "roff for a manual page, markdown for all commands");

    Subcommand command;
    command.app = manual;
    command.run = [options, &all] { return run_manual(*options, all); };
    return command;
}

} // namespace fusewire

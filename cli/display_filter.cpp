#include "cli/display_filter.h"

#include "cli/diagnostics.h"
#include "dissector/message_fields.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace fusewire {

void add_display_filter_option(CLI::App& app, std::string& text) {
    app.add_option("-Y", text, "Only messages that the display filter selects (docs/filters.md)")
        ->type_name("FILTER");
}

tl::expected<std::optional<Filter>, ExitCode> parse_display_filter(const std::string& text) {
    if (text.find_first_not_of(' ') == text.npos)
        return std::nullopt;
    auto filter = Filter::parse(text);
    if (filter)
        return std::move(*filter);
    const std::string lines = describe(filter.error(), text);
    const std::size_t first = lines.find('\n');
    say(fmt::format("-Y, {}", lines.substr(0, first)));
    if (isatty(STDERR_FILENO) == 1)
        fmt::print(stderr, "{}\n", lines.substr(first + 1));
    return tl::unexpected(exit_usage);
}

ViewNeeds needs_of(const Filter* filter, ViewNeeds view) {
    if (filter == nullptr)
        return view;
    view.body |= (filter->needs() & need_body) != 0;
    view.findings |= (filter->needs() & need_findings) != 0;
    return view;
}

void say_what_was_meant(const Filter& filter) {
    if (!filter.hint().empty() && isatty(STDERR_FILENO) == 1)
        say(fmt::format("-Y: no message was selected; {}", filter.hint()));
}

void say_what_was_undecided(const Filter& filter) {
    if (filter.undecided() != 0)
        say(fmt::format(
            "-Y: {} message{} left out, undecided: a regular expression took too long (it is "
            "given up for good after a thousand times), or "
            "a calculation has too many values; write it with fewer nested repeats",
            filter.undecided(), filter.undecided() == 1 ? " was" : "s were"));
}

} // namespace fusewire

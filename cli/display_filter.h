// The option -Y: which messages are shown.
#pragma once

#include "cli/exit_code.h"
#include "cli/view.h"
#include "dissector/filter/filter.h"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace fusewire {

// -Y FILTER.
void add_display_filter_option(CLI::App& app, std::string& text);

// The filter of -Y; none if `text` is empty. Else says what is wrong with it, at which column, and on
// a terminal marks the place, and gives the command's exit code.
tl::expected<std::optional<Filter>, ExitCode> parse_display_filter(const std::string& text);

// What a view needs together with a filter.
ViewNeeds needs_of(const Filter* filter, ViewNeeds view);

// Says so if a regular expression gave up on messages, which were left out.
void say_what_gave_up(const Filter& filter);

} // namespace fusewire

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

// The filter of -Y; none if `text` is blank. Else says what is wrong with it, at which column, and on
// a terminal marks the place, and gives the command's exit code.
tl::expected<std::optional<Filter>, ExitCode> parse_display_filter(const std::string& text);

// What a view needs together with a filter.
ViewNeeds needs_of(const Filter* filter, ViewNeeds view);

// On a terminal, where nothing was selected: what may have been meant.
void say_what_was_meant(const Filter& filter);

// Says so if messages were left out because the filter could not tell.
void say_what_was_undecided(const Filter& filter);

} // namespace fusewire

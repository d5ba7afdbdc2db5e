// The option -Y: which messages are shown.
#pragma once

#include "cli/view.h"
#include "dissector/filter/filter.h"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace fusewire {

// -Y FILTER.
void add_display_filter_option(CLI::App& app, std::string& text);

// The filter of -Y; none if `text` is empty. Says what is wrong with it, at which column, and on a
// terminal marks the place; `wrong` is set then.
std::optional<Filter> parse_display_filter(const std::string& text, bool& wrong);

// What a view needs together with a filter.
ViewNeeds needs_of(const Filter* filter, ViewNeeds view);

// Says so if a regular expression gave up on messages, which were left out.
void say_what_gave_up(const Filter& filter);

} // namespace fusewire

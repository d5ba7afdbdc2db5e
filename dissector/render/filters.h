// The reference of display filters, written from the tables of the language.
#pragma once

#include <string>

namespace fusewire {

void append_filters_text(std::string& out);
void append_filters_json(std::string& out);
void append_filters_markdown(std::string& out);

} // namespace fusewire

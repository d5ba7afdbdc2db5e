// The STATX view: what was asked, answered and used, field by field, beside a message.
#pragma once

#include "dissector/render/text.h"
#include "dissector/statx_view.h"

#include <span>
#include <string>

namespace fusewire {

// "0100644", "1772018722.000000001", "8:1"
std::string statx_value_text(const StatxValue& value, StatxShape shape);

// Lines of the tree, each with a newline.
void append_statx(std::string& out, std::span<const StatxReport> reports, const TextStyle& style);

// An array as docs/schema.json describes it.
void append_statx_json(std::string& out, std::span<const StatxReport> reports);

} // namespace fusewire

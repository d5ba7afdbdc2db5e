// Verdicts in views: beside a message, and all rows as a reference.
#pragma once

#include "dissector/render/text.h"
#include "dissector/verdict.h"

#include <string>
#include <string_view>

namespace fusewire {

// "EINVAL", or the number when it has no name, "-" when it is not the same every time, "0".
std::string verdict_errno_text(std::int32_t error);

// An object as docs/schema.json describes it, or null when there is no verdict.
void append_verdict_json(std::string& out, const Verdict& verdict);

// For the end of a line: nothing while the message had the effect that it asked for.
void append_verdict_mark(std::string& out, const Verdict& verdict, const TextStyle& style);

// A line of the tree, with a newline.
void append_verdict(std::string& out, const Verdict& verdict, const TextStyle& style);

// Rows whose id, text or outcome contain the pattern: a line each, with a newline.
void append_verdict_rows(std::string& out, std::string_view pattern);
// docs/verdict.md
std::string verdict_page();

} // namespace fusewire

// A message as written: its opcode and the assignments behind it, with variables filled in and
// macros and repetitions unrolled, but nothing yet known of fields.
#pragma once

#include <string>
#include <vector>

#include "samples/builder/complaint.h"

namespace fusewire::samples {

struct Assignment;

struct Written {
    enum class Form : std::uint8_t { word, string, list, group };
    Form form = Form::word;
    std::string text;                // word, string
    std::vector<Written> items;      // list
    std::vector<Assignment> members; // group
    Place place;
};

// attr.mode=S_IFREG|0644, attr{mode=…}, groups=[1 2]
struct Assignment {
    std::vector<std::string> path;
    Written value;
    Place place;

    std::string name() const;
};

struct MessageText {
    std::string opcode; // empty: that of the request which is answered
    Place place;
    std::vector<Assignment> assignments;
    bool has_subs = false;
    std::vector<MessageText> subs; // sub-operations between braces
};

} // namespace fusewire::samples

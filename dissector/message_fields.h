// Fields of a message as a whole: what its header, its record, its pairing and its findings say. The
// rest of a message's fields come from the opcode tables.
#pragma once

#include "dissector/field.h"
#include "dissector/field_values.h"
#include "dissector/session.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire {

// What has to be done before a field is known.
enum FieldNeed : std::uint8_t {
    need_body = 1,     // the body has to be decoded, not only the header
    need_findings = 2, // a checker has to see everything that came before
    need_survey = 4,   // only a pass over the whole capture can tell
};

struct MessageField {
    const char* name;
    const char* doc;
    ValueType type;
    void (*collect)(FieldValues& values, const Decoded& decoded); // nothing when there is no value
    std::uint8_t needs = 0;                                       // FieldNeed
    std::span<const Value> names{}; // of its values, where a filter can say them
    const char* by_name = nullptr;  // the field that holds the name of this one's value
    bool of_message = false; // the message alone tells it: also known of the request to a reply
    std::vector<std::string> (*texts)() = nullptr; // all that it can be; null: any text
};
std::span<const MessageField> message_fields();

// A name that matches every field of one kind wherever it occurs, "fuse.nodeid".
struct KindField {
    const char* name;
    Kind kind;
    const char* doc;
};
std::span<const KindField> kind_fields();

} // namespace fusewire

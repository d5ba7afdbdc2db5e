#include "dissector/render/json_object.h"

#include "dissector/escape.h"

#include <fmt/format.h>

#include <iterator>

namespace fusewire {

std::string& JsonObject::key(std::string_view name, std::string_view suffix) {
    if (!first_)
        out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += suffix;
    out_ += "\":";
    return out_;
}

void JsonObject::number(std::string_view name, std::uint64_t value) {
    constexpr std::uint64_t exact_in_double = std::uint64_t{1} << 53;
    fmt::format_to(std::back_inserter(key(name)), "{}", value);
    if (value > exact_in_double)
        fmt::format_to(std::back_inserter(key(name, "_hex")), "\"{:016x}\"", value);
}

void JsonObject::signed_number(std::string_view name, std::int64_t value) {
    fmt::format_to(std::back_inserter(key(name)), "{}", value);
}

void JsonObject::text(std::string_view name, std::string_view value) {
    append_json_string(key(name), value);
}

std::string& JsonArray::element() {
    if (!first_)
        out_ += ',';
    first_ = false;
    return out_;
}

} // namespace fusewire

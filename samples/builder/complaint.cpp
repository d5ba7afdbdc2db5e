#include "samples/builder/complaint.h"

#include "dissector/render/fields.h"

#include <fmt/format.h>

namespace fusewire::samples {

std::string spelling(const Place& place) {
    return fmt::format("{}:{}:{}", place.file ? *place.file : "?", place.line, place.column);
}

void Complaint::say(const Place& place, std::string_view text) {
    if (failed())
        return;
    message_ = fmt::format("{}: {}", spelling(place), text);
    for (auto call = calls_.rbegin(); call != calls_.rend(); ++call)
        message_ += fmt::format(" (from {})", spelling(*call));
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
    const std::string nearest = nearest_name(word, candidates);
    return nearest.empty() ? nearest : fmt::format("; did you mean \"{}\"?", nearest);
}

} // namespace fusewire::samples

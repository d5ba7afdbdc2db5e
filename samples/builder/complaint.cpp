#include "samples/builder/complaint.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <numeric>

namespace fusewire::samples {

namespace {

constexpr std::size_t longest_compared = 64;

char lower(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

// Levenshtein distance without regard to letter case.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t changed = diagonal + (lower(a[i]) == lower(b[j]) ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

} // namespace

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
    word = word.substr(0, longest_compared);
    const std::string* best = nullptr;
    std::size_t best_distance = word.size() / 2 + 1;
    for (const std::string& candidate : candidates) {
        const std::size_t found =
            candidate.size() <= longest_compared ? distance(word, candidate) : best_distance;
        if (found < best_distance) {
            best = &candidate;
            best_distance = found;
        }
    }
    return best != nullptr ? fmt::format("; did you mean \"{}\"?", *best) : std::string{};
}

} // namespace fusewire::samples

// Comparing names that people type: in any ASCII letter case.
#pragma once

#include <algorithm>
#include <string_view>

namespace fusewire {

constexpr char small_letter(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

constexpr bool same_letters(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, small_letter, small_letter);
}

} // namespace fusewire

// Characters of UTF-8 text, a column of a terminal each. Bytes that are no UTF-8 count somehow, and
// nothing is read beyond the text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace fusewire {

constexpr bool begins_character(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
}

constexpr std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

// The first so many, or all.
constexpr std::string_view first_characters(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    for (; at < text.size(); ++at)
        if (begins_character(text[at]) && count-- == 0)
            break;
    return text.substr(0, at);
}

} // namespace fusewire

// What should be seen at a glance in a list of messages: the rows are tried in order, and the first
// filter that selects a message says how it looks. Which colours that means is the view's.
#pragma once

#include <cstdint>
#include <span>

namespace fusewire {

enum class Look : std::uint8_t { loss, error, warning, failed, slow, notification, setup, reply };
inline constexpr std::size_t look_count = 8;

struct LookRow {
    const char* name; // for people
    const char* filter;
    Look look;
};
std::span<const LookRow> default_looks();

} // namespace fusewire

// Numbers as a sample's text writes them: 12, 0x1f, 0644, 4K, S_IFREG|0644, ~0, -1, ($i+1)*16,
// 1<<63. Arithmetic is modulo 2^64, so -1 is all ones.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fusewire::samples {

// What a name or "&label" in an expression stands for.
using NameOfNumber = std::function<std::optional<std::uint64_t>(std::string_view)>;

// nullopt with `problem` filled: "\"S_IFRG\" is neither a number nor a known name".
std::optional<std::uint64_t> number_of(std::string_view text, const NameOfNumber& names,
                                       std::string& problem);

// Nanoseconds of "10us", "1.5s", "3ms", "250ns", "2m", "1h".
std::optional<std::int64_t> duration_of(std::string_view text);

} // namespace fusewire::samples

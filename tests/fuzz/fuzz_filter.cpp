// Fuzzes display filters: what is parsed is run over a few messages, and what is not has a message at
// a place in the text. The input is the text of the filter.
#include "dissector/filter/filter.h"
#include "dissector/judged_session.h"
#include "tests/fuzz/fuzz_target.h"

#include <array>
#include <string>
#include <string_view>

namespace fusewire::fuzz {
namespace {

// A LOOKUP of "a.txt" and its reply ENOENT.
constexpr std::array<std::uint8_t, 46> lookup = {
    46, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 0, 0,    0,    0,    1,    0,   0,   0,   0,   0,   0,
    0,  0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0,    0,    'a',  '.', 't', 'x', 't', 0};
constexpr std::array<std::uint8_t, 16> no_entry = {16, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff,
                                                   4,  0, 0, 0, 0,    0,    0,    0};

void run(Filter& filter) {
    JudgedSession session({});
    Record record;
    for (const bool is_reply : {false, true}) {
        record.direction = is_reply ? Direction::reply : Direction::request;
        record.bytes = std::as_bytes(is_reply ? std::span<const std::uint8_t>(no_entry)
                                              : std::span<const std::uint8_t>(lookup));
        record.wire_length = static_cast<std::uint32_t>(record.bytes.size());
        record.frame = is_reply ? 2 : 1;
        const Decoded decoded = session.see(record);
        const bool once = filter.matches(decoded);
        require(filter.matches(decoded) == once, "a filter selects the same twice");
    }
}

} // namespace
} // namespace fusewire::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fusewire;
    const std::string text(reinterpret_cast<const char*>(data), size);
    auto filter = Filter::parse(text);
    if (filter) {
        fuzz::run(*filter);
        Filter copy = filter->clone();
        fuzz::run(copy);
        return 0;
    }
    const FilterError& error = filter.error();
    fuzz::require(!error.message.empty(), "a wrong filter is told what is wrong");
    fuzz::require(error.column >= 1 && error.column <= size + 1, "a column is one of the text");
    fuzz::require(describe(error, text).size() < 4000 + error.message.size(),
                  "what is shown of a filter is short");
    return 0;
}

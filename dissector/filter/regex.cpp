#include "dissector/filter/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>

namespace fusewire::filter {

namespace {

// Steps of one search. A sensible expression needs a few for each byte.
constexpr std::uint32_t least_steps = 200'000;
constexpr std::uint32_t most_steps = 50'000'000;
constexpr std::uint32_t steps_for_a_byte = 32;
constexpr std::uint32_t heap_limit_kib = 65536;
// Compiled expressions run on a stack of their own. Simple repeats of groups need some for each byte.
constexpr std::size_t first_stack_bytes = std::size_t{32} << 10;
constexpr std::size_t last_stack_bytes = std::size_t{8} << 20;

PCRE2_SPTR units(std::string_view text) {
    return reinterpret_cast<PCRE2_SPTR>(text.data());
}

} // namespace

struct Regex::Code {
    pcre2_code* pattern = nullptr;
    pcre2_match_data* match = nullptr;
    pcre2_match_context* context = nullptr;
    pcre2_jit_stack* stack = nullptr;

    ~Code() {
        pcre2_jit_stack_free(stack);
        pcre2_match_context_free(context);
        pcre2_match_data_free(match);
        pcre2_code_free(pattern);
    }
};

Regex::Regex(std::string_view pattern) : code_(std::make_unique<Code>()) {
    int error = 0;
    PCRE2_SIZE offset = 0;
    code_->pattern =
        pcre2_compile(units(pattern), pattern.size(),
                      PCRE2_CASELESS | PCRE2_DOTALL | PCRE2_NEVER_UTF, &error, &offset, nullptr);
    if (code_->pattern == nullptr) {
        PCRE2_UCHAR message[256];
        pcre2_get_error_message(error, message, sizeof(message));
        error_ = reinterpret_cast<const char*>(message);
        error_offset_ = offset;
        return;
    }
    // Without it the expression is interpreted, which is slower and no less right.
    pcre2_jit_compile(code_->pattern, PCRE2_JIT_COMPLETE);
    code_->match = pcre2_match_data_create(1, nullptr);
    code_->context = pcre2_match_context_create(nullptr);
    pcre2_set_heap_limit(code_->context, heap_limit_kib);
    code_->stack = pcre2_jit_stack_create(first_stack_bytes, last_stack_bytes, nullptr);
    pcre2_jit_stack_assign(code_->context, nullptr, code_->stack);
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

Regex::Outcome Regex::search(std::string_view text) const {
    const auto steps = static_cast<std::uint32_t>(
        std::clamp<std::size_t>(text.size() * steps_for_a_byte, least_steps, most_steps));
    pcre2_set_match_limit(code_->context, steps);
    pcre2_set_depth_limit(code_->context, steps);
    const auto match = [&](std::uint32_t options) {
        return pcre2_match(code_->pattern, units(text), text.size(), 0, options, code_->match,
                           code_->context);
    };
    int result = match(0);
    if (result == PCRE2_ERROR_JIT_STACKLIMIT)
        result = match(PCRE2_NO_JIT);
    if (result >= 0)
        return Outcome::yes;
    return result == PCRE2_ERROR_NOMATCH ? Outcome::no : Outcome::gave_up;
}

} // namespace fusewire::filter

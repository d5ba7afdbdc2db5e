#include "dissector/filter/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace fusewire::filter {

namespace {

// Steps of one search. A sensible expression needs a few for each byte.
constexpr std::uint32_t match_limit = 200'000;
constexpr std::uint32_t heap_limit_kib = 4096;

PCRE2_SPTR units(std::string_view text) {
    return reinterpret_cast<PCRE2_SPTR>(text.data());
}

} // namespace

struct Regex::Code {
    pcre2_code* pattern = nullptr;
    pcre2_match_data* match = nullptr;
    pcre2_match_context* context = nullptr;

    ~Code() {
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
    pcre2_set_match_limit(code_->context, match_limit);
    pcre2_set_depth_limit(code_->context, match_limit);
    pcre2_set_heap_limit(code_->context, heap_limit_kib);
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

Regex::Outcome Regex::search(std::string_view text) const {
    const int result =
        pcre2_match(code_->pattern, units(text), text.size(), 0, 0, code_->match, code_->context);
    if (result >= 0)
        return Outcome::yes;
    return result == PCRE2_ERROR_NOMATCH ? Outcome::no : Outcome::gave_up;
}

} // namespace fusewire::filter

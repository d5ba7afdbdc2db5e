#include "samples/builder/numbers.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>

namespace fusewire::samples {

namespace {

bool is_digit(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}
bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Precedence, loosest first: | << + - * unary.
class Expression {
  public:
    Expression(std::string_view text, const NameOfNumber& names, std::string& problem)
        : text_(text), names_(names), problem_(problem) {}

    std::optional<std::uint64_t> run() {
        const std::uint64_t value = either();
        if (problem_.empty() && at_ != text_.size())
            complain(fmt::format("\"{}\" is not part of a number", text_.substr(at_)));
        return problem_.empty() ? std::optional(value) : std::nullopt;
    }

  private:
    static constexpr int max_depth = 64;

    void complain(std::string text) {
        if (problem_.empty())
            problem_ = std::move(text);
        at_ = text_.size();
    }
    bool take(std::string_view mark) {
        if (text_.substr(at_, mark.size()) != mark)
            return false;
        at_ += mark.size();
        return true;
    }

    std::uint64_t either() {
        std::uint64_t value = shifted();
        while (take("|"))
            value |= shifted();
        return value;
    }
    std::uint64_t shifted() {
        std::uint64_t value = sum();
        while (take("<<")) {
            const std::uint64_t by = sum();
            value = by < 64 ? value << by : 0;
        }
        return value;
    }
    std::uint64_t sum() {
        std::uint64_t value = product();
        for (;;) {
            if (take("+"))
                value += product();
            else if (take("-"))
                value -= product();
            else
                return value;
        }
    }
    std::uint64_t product() {
        std::uint64_t value = unary();
        while (take("*"))
            value *= unary();
        return value;
    }
    std::uint64_t unary() {
        if (++depth_ > max_depth) {
            complain("too many operators in one number");
            return 0;
        }
        std::uint64_t value = 0;
        if (take("-")) {
            value = std::uint64_t{0} - unary();
        } else if (take("~")) {
            value = ~unary();
        } else if (take("(")) {
            value = either();
            if (!take(")"))
                complain("\")\" is missing");
        } else {
            value = at_ < text_.size() && is_digit(text_[at_]) ? literal() : name();
        }
        --depth_;
        return value;
    }

    std::uint64_t literal() {
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_word(text_[at_]))
            ++at_;
        std::string_view digits = text_.substr(begin, at_ - begin);
        const std::string_view whole = digits;
        unsigned shift = 0;
        if (digits.back() == 'K' || digits.back() == 'M' || digits.back() == 'G') {
            shift = digits.back() == 'K' ? 10 : (digits.back() == 'M' ? 20 : 30);
            digits.remove_suffix(1);
        }
        int base = 10;
        if (digits.size() > 1 && digits[0] == '0') {
            const char sort = digits[1];
            base = sort == 'x' ? 16 : (sort == 'b' ? 2 : 8);
            digits.remove_prefix(base == 8 ? 1 : 2);
        }
        std::uint64_t value = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
        if (error == std::errc{} && end == digits.data() + digits.size())
            return value << shift;
        const auto named = names_ ? names_(whole) : std::nullopt; // ioctl's flag 32BIT
        if (!named)
            complain(fmt::format("\"{}\" is not a number of at most 64 bits", whole));
        return named.value_or(0);
    }

    std::uint64_t name() {
        const std::size_t begin = at_;
        if (at_ < text_.size() && text_[at_] == '&')
            ++at_;
        while (at_ < text_.size() && is_word(text_[at_]))
            ++at_;
        const std::string_view word = text_.substr(begin, at_ - begin);
        const auto value = word.empty() || !names_ ? std::nullopt : names_(word);
        if (!value)
            complain(word.empty()
                         ? fmt::format("\"{}\" is not a number", text_)
                         : fmt::format("\"{}\" is neither a number nor a known name", word));
        return value.value_or(0);
    }

    std::string_view text_;
    const NameOfNumber& names_;
    std::string& problem_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

struct Unit {
    std::string_view name;
    std::int64_t nanoseconds;
};
constexpr Unit units[] = {
    {"ns", 1},         {"us", 1000},       {"ms", 1000000},
    {"s", 1000000000}, {"m", 60000000000}, {"h", 3600000000000},
};

} // namespace

std::optional<std::uint64_t> number_of(std::string_view text, const NameOfNumber& names,
                                       std::string& problem) {
    return Expression(text, names, problem).run();
}

std::optional<std::int64_t> duration_of(std::string_view text) {
    double amount = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
    if (error != std::errc{})
        return std::nullopt;
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const Unit& row : units)
        if (row.name == unit)
            return static_cast<std::int64_t>(amount * static_cast<double>(row.nanoseconds) + 0.5);
    return std::nullopt;
}

} // namespace fusewire::samples

#include "samples/builder/values.h"

#include "dissector/errno_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "samples/builder/numbers.h"

namespace fusewire::samples {

namespace {

constexpr std::uint64_t errno_end = 134; // one more than EHWPOISON
constexpr std::size_t max_run = std::size_t{1} << 24;

std::optional<std::uint64_t> errno_named(std::string_view name) {
    for (std::uint64_t number = 1; number < errno_end; ++number)
        if (name == errno_name(static_cast<std::int64_t>(number)))
            return number;
    return std::nullopt;
}

std::optional<std::uint64_t> value_named(const Field& field, std::string_view name,
                                         DialectName dialect) {
    for (const Value& row : field.values)
        if (name == row.name && (row.dialects & in_dialect(dialect)) != 0)
            return row.value;
    return std::nullopt;
}

std::optional<std::uint64_t> labelled(const Meaning& meaning, const std::string& label) {
    if (meaning.labels == nullptr)
        return std::nullopt;
    const auto found = meaning.labels->find(label);
    return found != meaning.labels->end() ? std::optional(found->second) : std::nullopt;
}

std::vector<std::string> known_names(const Field& field) {
    std::vector<std::string> names;
    for (const Value& row : field.values)
        names.emplace_back(row.name);
    return names;
}

bool fits(std::uint64_t value, unsigned width) {
    if (width >= 8)
        return true;
    const unsigned bits = 8 * width;
    const bool as_unsigned = value >> bits == 0;
    const bool as_signed = value >> (bits - 1) == ~std::uint64_t{0} >> (bits - 1);
    return as_unsigned || as_signed;
}

std::optional<std::string> from_hex(std::string_view digits) {
    if (digits.size() % 2 != 0)
        return std::nullopt;
    std::string out;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        unsigned value = 0;
        const char* end = digits.data() + i + 2;
        const auto result = std::from_chars(digits.data() + i, end, value, 16);
        if (result.ec != std::errc{} || result.ptr != end)
            return std::nullopt;
        out.push_back(static_cast<char>(value));
    }
    return out;
}

std::optional<std::size_t> run_length(std::string_view text) {
    std::string problem;
    const auto value = number_of(text, {}, problem);
    return value && *value <= max_run ? std::optional<std::size_t>(*value) : std::nullopt;
}

std::optional<std::string> zeros(std::string_view rest) {
    const auto size = run_length(rest);
    return size ? std::optional(std::string(*size, '\0')) : std::nullopt;
}

std::optional<std::string> letters(std::string_view rest) {
    const auto size = run_length(rest);
    if (!size)
        return std::nullopt;
    std::string out(*size, 'a');
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<char>('a' + i % 26);
    return out;
}

std::optional<std::string> pattern(std::string_view rest) {
    const auto size = run_length(rest);
    if (!size)
        return std::nullopt;
    std::string out(*size, '\0');
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<char>(i & 0xff);
    return out;
}

std::optional<std::string> fill(std::string_view rest) {
    const std::size_t colon = rest.find(':');
    const auto size = run_length(rest.substr(0, colon));
    const auto one =
        colon == std::string_view::npos ? std::nullopt : from_hex(rest.substr(colon + 1));
    if (!size || !one || one->size() != 1)
        return std::nullopt;
    return std::string(*size, one->front());
}

struct BytesForm {
    std::string_view prefix;
    std::optional<std::string> (*make)(std::string_view rest);
};
constexpr BytesForm bytes_forms[] = {
    {"hex:", from_hex},    {"zeros:", zeros}, {"letters:", letters},
    {"pattern:", pattern}, {"fill:", fill},
};

} // namespace

bool holds_integer(const Field& field) {
    switch (field.kind) {
    case Kind::name:
    case Kind::text:
    case Kind::data:
    case Kind::group:
    case Kind::note:
        return false;
    default:
        return field.width <= 8 && (field.width & (field.width - 1)) == 0;
    }
}

std::uint64_t integer_of(const Field& field, const Written& value, const Meaning& meaning,
                         Complaint& complaint) {
    if (value.form != Written::Form::word) {
        complaint.say(value.place, fmt::format("\"{}\" takes a number", field.name));
        return 0;
    }
    const NameOfNumber names = [&](std::string_view name) -> std::optional<std::uint64_t> {
        if (name.front() == '&')
            return labelled(meaning, std::string(name.substr(1)));
        const auto found = value_named(field, name, meaning.dialect);
        return found ? found : errno_named(name);
    };
    std::string problem;
    auto number = number_of(value.text, names, problem);
    if (!number) {
        complaint.say(value.place, problem + did_you_mean(value.text, known_names(field)));
        return 0;
    }
    // error=ENOENT is what a server writes as -ENOENT.
    if (field.kind == Kind::error && std::isalpha(static_cast<unsigned char>(value.text[0])) != 0)
        number = std::uint64_t{0} - *number;
    if (!fits(*number, field.width))
        complaint.say(value.place, fmt::format("{} does not fit the {} bytes of \"{}\"", value.text,
                                               field.width, field.name));
    return *number;
}

std::string bytes_of(const Written& value, Complaint& complaint) {
    switch (value.form) {
    case Written::Form::string:
        return value.text;
    case Written::Form::list: {
        std::string joined;
        for (const Written& item : value.items)
            joined += bytes_of(item, complaint);
        return joined;
    }
    case Written::Form::group:
        complaint.say(value.place, "expected text or bytes, found a group");
        return {};
    case Written::Form::word:
        break;
    }
    for (const BytesForm& form : bytes_forms) {
        if (!value.text.starts_with(form.prefix))
            continue;
        auto made = form.make(std::string_view(value.text).substr(form.prefix.size()));
        if (!made)
            complaint.say(value.place,
                          fmt::format("\"{}\" are no bytes; examples: hex:00ff zeros:8 "
                                      "letters:300 pattern:4096 fill:8:ff",
                                      value.text));
        return made.value_or("");
    }
    return value.text;
}

std::string handle_of(const Written& value, Complaint& complaint) {
    const bool bare =
        value.form == Written::Form::word && value.text.find(':') == std::string::npos;
    if (!bare)
        return bytes_of(value, complaint);
    auto made = from_hex(value.text);
    if (!made)
        complaint.say(value.place,
                      fmt::format("\"{}\" is not an even number of hex digits", value.text));
    return made.value_or("");
}

bool fraction_of(const Written& value, std::uint64_t& seconds, std::uint64_t& nanoseconds) {
    const std::size_t dot = value.text.find('.');
    const auto digits = [](std::string_view text) {
        return !text.empty() && std::all_of(text.begin(), text.end(),
                                            [](unsigned char c) { return std::isdigit(c) != 0; });
    };
    if (value.form != Written::Form::word || dot == std::string::npos)
        return false;
    std::string fraction = value.text.substr(dot + 1);
    if (!digits(value.text.substr(0, dot)) || !digits(fraction) || fraction.size() > 9)
        return false;
    fraction.resize(9, '0');
    std::from_chars(value.text.data(), value.text.data() + dot, seconds);
    std::from_chars(fraction.data(), fraction.data() + fraction.size(), nanoseconds);
    return true;
}

} // namespace fusewire::samples

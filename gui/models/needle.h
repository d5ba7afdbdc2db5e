// Needle: what a user looks for in messages, a text, a regular expression, some bytes or a display
// filter, and how one message is searched for it.
#pragma once

#include "dissector/filter/filter.h"
#include "dissector/filter/regex.h"
#include "dissector/session.h"

#include <tl/expected.hpp>

#include <QString>
#include <QStringMatcher>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace fusewire::gui {

enum class FindBy : int { text, regex, bytes, filter };
enum class FindIn : int { line, fields }; // of texts and regular expressions

struct FindQuery {
    QString what;
    FindBy by = FindBy::text;
    FindIn in = FindIn::line;
    bool matchCase = false;
    bool operator==(const FindQuery&) const = default;
};

// "a1:b2 c3", "a1b2c3", "0xa1b2"; nullopt: these are no bytes.
std::optional<std::vector<std::byte>> parseHexBytes(const QString& text);

class Needle {
  public:
    // The error is a line for the user.
    [[nodiscard]] static tl::expected<Needle, QString> parse(const FindQuery& query);

    struct Hit {
        std::optional<std::uint32_t> offset; // of what was found, where it has bytes
    };
    std::optional<Hit> find(const Decoded& decoded);

    // A checker has to see everything that came before.
    bool needsFindings() const;

  private:
    using Test = std::variant<QStringMatcher, filter::Regex, std::vector<std::byte>, Filter>;

    Needle(Test test, FindIn in) : test_(std::move(test)), in_(in) {}
    bool isIn(const std::string& text) const;
    std::optional<Hit> findInFields(const Message& message) const;

    Test test_;
    FindIn in_;
};

} // namespace fusewire::gui

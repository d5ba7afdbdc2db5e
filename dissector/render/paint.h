// Colours of text for terminals: what is painted, not which code it takes.
#pragma once

#include "dissector/finding.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace fusewire {

enum class Paint : std::uint8_t { plain, dim, request, good, bad, caution, name };

inline constexpr const char* paint_codes[] = {"",         "\033[2m",  "\033[36m", "\033[32m",
                                              "\033[31m", "\033[33m", "\033[1m"};

// Text in a colour, or as it is where colours are off.
class Painted {
  public:
    Painted(std::string& out, bool color, Paint paint)
        : out_(out), on_(color && paint != Paint::plain) {
        if (on_)
            out_ += paint_codes[static_cast<std::size_t>(paint)];
    }
    ~Painted() {
        if (on_)
            out_ += "\033[0m";
    }
    Painted(const Painted&) = delete;
    Painted& operator=(const Painted&) = delete;

  private:
    std::string& out_;
    bool on_;
};

constexpr Paint paint_of(Severity severity) {
    constexpr Paint paints[] = {Paint::dim, Paint::caution, Paint::bad};
    return paints[static_cast<std::size_t>(severity)];
}

} // namespace fusewire

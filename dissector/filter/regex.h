// A regular expression that gives up rather than hang: what it searches was written by strangers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace fusewire::filter {

class Regex {
  public:
    // An expression that could not be compiled has an error, and where in the pattern.
    explicit Regex(std::string_view pattern);
    ~Regex();
    Regex(Regex&&) noexcept;
    Regex& operator=(Regex&&) noexcept;

    const std::string& error() const { return error_; }
    std::size_t error_offset() const { return error_offset_; }

    enum class Outcome : std::uint8_t { no, yes, gave_up };

    // Whether it occurs in `text`, in any letter case unless the pattern says (?-i).
    Outcome search(std::string_view text) const;

  private:
    struct Code;
    std::unique_ptr<Code> code_;
    std::string error_;
    std::size_t error_offset_ = 0;
};

} // namespace fusewire::filter

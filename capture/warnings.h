// Warnings: what a source has to say about a damaged or cut input, bounded however bad it is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fusewire::files {

class Warnings {
  public:
    // Keeps the line; after `limit` lines only counts them, in the last line.
    void add(std::string line);
    void clear();
    const std::vector<std::string>& lines() const { return lines_; }

  private:
    static constexpr std::size_t limit = 20;
    std::vector<std::string> lines_;
    std::uint64_t more_ = 0;
};

} // namespace fusewire::files

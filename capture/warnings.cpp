#include "capture/warnings.h"

#include <fmt/format.h>

#include <utility>

namespace fusewire::files {

void Warnings::add(std::string line) {
    if (lines_.size() < limit) {
        lines_.push_back(std::move(line));
        return;
    }
    ++more_;
    lines_.resize(limit);
    lines_.push_back(fmt::format("{} more such problems are not listed", more_));
}

void Warnings::clear() {
    lines_.clear();
    more_ = 0;
}

} // namespace fusewire::files

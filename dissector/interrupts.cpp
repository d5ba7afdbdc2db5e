#include "dissector/interrupts.h"

#include "dissector/requests.h"

#include <algorithm>

namespace fusewire {

void Interrupts::early(const EarlyInterrupt& interrupt) {
    waiting_.push_back(interrupt);
    if (waiting_.size() > limit)
        waiting_.pop_front();
}

std::optional<EarlyInterrupt> Interrupts::arrived(std::uint64_t unique) {
    const auto found =
        std::find_if(waiting_.begin(), waiting_.end(), [&](const EarlyInterrupt& one) {
            return one.target == (unique & ~resend_bit);
        });
    if (found == waiting_.end())
        return std::nullopt;
    const EarlyInterrupt interrupt = *found;
    waiting_.erase(found);
    return interrupt;
}

void Interrupts::declined(std::uint64_t frame, std::optional<std::int64_t> time_ns) {
    if (declined_frame_ != 0)
        return;
    declined_frame_ = frame;
    declined_ns_ = time_ns;
}

} // namespace fusewire

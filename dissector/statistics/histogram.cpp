#include "dissector/statistics/histogram.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace fusewire {

namespace {

constexpr std::uint64_t per_octave = std::uint64_t{1} << Histogram::bucket_bits;

template <class Number>
void add_saturating(Number& to, std::uint64_t more) {
    constexpr Number most = std::numeric_limits<Number>::max();
    to = more > std::uint64_t{most} - to ? most : static_cast<Number>(to + more);
}

std::uint64_t times_saturating(std::uint64_t value, std::uint64_t count) {
    std::uint64_t product = 0;
    return __builtin_mul_overflow(value, count, &product)
               ? std::numeric_limits<std::uint64_t>::max()
               : product;
}

} // namespace

std::size_t Histogram::bucket_of(std::uint64_t value) {
    const auto width = static_cast<unsigned>(std::bit_width(value));
    const unsigned shift = width <= bucket_bits + 1 ? 0 : width - bucket_bits - 1;
    return static_cast<std::size_t>((shift << bucket_bits) + (value >> shift));
}

std::uint64_t Histogram::lowest(std::size_t bucket) {
    if (bucket < 2 * per_octave)
        return bucket;
    const std::uint64_t shift = bucket / per_octave - 1;
    return (per_octave + bucket % per_octave) << shift;
}

std::uint64_t Histogram::highest(std::size_t bucket) {
    return bucket + 1 < bucket_count ? lowest(bucket + 1) - 1
                                     : std::numeric_limits<std::uint64_t>::max();
}

unsigned Histogram::octave_of(std::uint64_t value) {
    return static_cast<unsigned>(std::bit_width(value));
}

void Histogram::record(std::uint64_t value, std::uint64_t count) {
    min_ = count_ == 0 ? value : std::min(min_, value);
    max_ = std::max(max_, value);
    count_ += count;
    add_saturating(sum_, times_saturating(value, count));
    add_saturating(slot(bucket_of(value)), count);
}

std::uint32_t& Histogram::slot(std::size_t bucket) {
    if (!many_.empty())
        return slot_of_many(bucket);
    const auto at = std::ranges::lower_bound(few_, bucket, {}, &Few::bucket);
    if (at != few_.end() && at->bucket == bucket)
        return at->count;
    if (few_.size() < most_few)
        return few_.insert(at, {static_cast<std::uint32_t>(bucket), 0})->count;
    spread();
    return slot_of_many(bucket);
}

std::uint32_t& Histogram::slot_of_many(std::size_t bucket) {
    if (bucket < first_) {
        many_.insert(many_.begin(), first_ - bucket, 0);
        first_ = bucket;
    } else if (bucket - first_ >= many_.size()) {
        many_.resize(bucket - first_ + 1);
    }
    return many_[bucket - first_];
}

void Histogram::spread() {
    first_ = few_.front().bucket;
    many_.resize(few_.back().bucket - first_ + 1);
    for (const Few& few : few_)
        many_[few.bucket - first_] = few.count;
    few_ = {};
}

void Histogram::merge(const Histogram& other) {
    if (other.empty())
        return;
    min_ = empty() ? other.min_ : std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
    count_ += other.count_;
    add_saturating(sum_, other.sum_);
    other.each_bucket(
        [this](std::size_t bucket, std::uint64_t count) { add_saturating(slot(bucket), count); });
}

std::uint64_t Histogram::mean() const {
    return empty() ? 0 : sum_ / count_;
}

std::uint64_t Histogram::percentile(unsigned per_mille) const {
    constexpr std::uint64_t thousand = 1000;
    // In two steps, since count * per_mille may be too much for 64 bits.
    const std::uint64_t rank =
        std::max<std::uint64_t>(1, count_ / thousand * per_mille +
                                       (count_ % thousand * per_mille + thousand - 1) / thousand);
    std::uint64_t passed = 0;
    std::uint64_t found = max_;
    bool done = empty();
    each_bucket([&](std::size_t bucket, std::uint64_t count) {
        passed += count;
        if (done || passed < rank)
            return;
        done = true;
        const std::uint64_t low = lowest(bucket);
        found = std::clamp(low + (highest(bucket) - low) / 2, min_, max_);
    });
    return found;
}

} // namespace fusewire

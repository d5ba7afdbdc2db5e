// Histogram: how often which durations occurred, from 0 to 2^64-1 ns, with a relative error of at most
// 1/128. Our own, since Debian 12 has no C or C++ library of HDR histograms; it holds little while
// there are few different values, so that each of a million nodes can have one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fusewire {

class Histogram {
  public:
    // Values below 2^7 are exact; above, each power of two is cut into 2^6 buckets of one width.
    static constexpr unsigned bucket_bits = 6;
    static constexpr std::size_t bucket_count = (64 - bucket_bits + 1) << bucket_bits;

    void record(std::uint64_t value) { record(value, 1); }
    void merge(const Histogram& other);

    std::uint64_t count() const { return count_; }
    bool empty() const { return count_ == 0; }
    std::uint64_t min() const { return min_; } // exact; 0 when empty
    std::uint64_t max() const { return max_; } // exact; 0 when empty
    std::uint64_t sum() const { return sum_; } // exact, or 2^64-1 if it is more
    std::uint64_t mean() const;                // 0 when empty
    // The smallest value that at least `per_mille` thousandths of the values do not exceed, in the
    // middle of its bucket; 0 when empty.
    std::uint64_t percentile(unsigned per_mille) const;

    // Calls visit(lowest, highest, count) for each power of two that has values, in order: 0, 1, 2-3,
    // 4-7 ...
    template <class Visit>
    void each_octave(Visit visit) const {
        std::uint64_t counts[65] = {};
        each_bucket([&](std::size_t bucket, std::uint64_t count) {
            counts[octave_of(lowest(bucket))] += count;
        });
        for (unsigned octave = 0; octave < 65; ++octave)
            if (counts[octave] != 0)
                visit(octave == 0 ? 0 : std::uint64_t{1} << (octave - 1),
                      octave == 0 ? 0 : ~std::uint64_t{0} >> (64 - octave), counts[octave]);
    }

    // Memory beside the object itself.
    std::size_t bytes() const {
        return few_.capacity() * sizeof(Few) + many_.capacity() * sizeof(std::uint32_t);
    }

    static std::size_t bucket_of(std::uint64_t value);
    static std::uint64_t lowest(std::size_t bucket);
    static std::uint64_t highest(std::size_t bucket);

  private:
    // Different buckets up to which they are kept in a list.
    static constexpr std::size_t most_few = 48;
    struct Few {
        std::uint32_t bucket;
        std::uint32_t count;
    };

    static unsigned octave_of(std::uint64_t value);
    void record(std::uint64_t value, std::uint64_t count);
    std::uint32_t& slot(std::size_t bucket);
    std::uint32_t& slot_of_many(std::size_t bucket);
    void spread();
    template <class Visit>
    void each_bucket(Visit visit) const {
        for (const Few& few : few_)
            visit(std::size_t{few.bucket}, std::uint64_t{few.count});
        for (std::size_t i = 0; i < many_.size(); ++i)
            if (many_[i] != 0)
                visit(first_ + i, std::uint64_t{many_[i]});
    }

    std::vector<Few> few_;            // by bucket, while they are few
    std::vector<std::uint32_t> many_; // counts of the buckets from first_ on
    std::size_t first_ = 0;
    std::uint64_t count_ = 0;
    std::uint64_t sum_ = 0;
    std::uint64_t min_ = 0;
    std::uint64_t max_ = 0;
};

} // namespace fusewire

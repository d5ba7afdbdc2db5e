#include "dissector/statistics/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <vector>

namespace fusewire {
namespace {

using Samples = std::vector<std::uint64_t>;
constexpr double precision = 1.0 / 128;
constexpr unsigned asked[] = {1, 10, 100, 250, 500, 900, 990, 999, 1000}; // per mille

Histogram of(const Samples& samples) {
    Histogram histogram;
    for (const std::uint64_t value : samples)
        histogram.record(value);
    return histogram;
}

std::uint64_t exact(Samples samples, unsigned per_mille) {
    std::ranges::sort(samples);
    const std::size_t rank = std::max<std::size_t>(1, (samples.size() * per_mille + 999) / 1000);
    return samples[rank - 1];
}

Samples drawn(std::size_t count, const std::function<double(std::mt19937_64&)>& draw) {
    std::mt19937_64 random(7); // the same each time
    Samples samples;
    for (std::size_t i = 0; i < count; ++i)
        samples.push_back(static_cast<std::uint64_t>(std::max(0.0, draw(random))));
    return samples;
}

struct Distribution {
    const char* name;
    Samples samples;
};

std::vector<Distribution> distributions() {
    std::uniform_real_distribution<double> uniform(0, 1e9);
    std::lognormal_distribution<double> lognormal(11, 2);
    std::normal_distribution<double> quick(20e3, 2e3), slow(8e6, 1e6);
    std::bernoulli_distribution is_slow(0.03);
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    return {
        {"uniform", drawn(20'000, [&](auto& random) { return uniform(random); })},
        {"lognormal", drawn(20'000, [&](auto& random) { return lognormal(random); })},
        {"bimodal",
         drawn(20'000,
               [&](auto& random) { return is_slow(random) ? slow(random) : quick(random); })},
        {"few", drawn(17, [&](auto& random) { return lognormal(random); })},
        {"constant", Samples(1000, 123'456'789)},
        {"one", {987'654'321}},
        {"zeros", Samples(10, 0)},
        {"extremes", {0, 0, 1, most, most - 1, most / 2, 1, 0, 5, 1000}},
    };
}

TEST(Histogram, PercentilesAreWithinTheErrorOfExactOnes) {
    for (const Distribution& distribution : distributions()) {
        const Histogram histogram = of(distribution.samples);
        for (const unsigned per_mille : asked) {
            const auto right = static_cast<double>(exact(distribution.samples, per_mille));
            EXPECT_NEAR(static_cast<double>(histogram.percentile(per_mille)), right,
                        right * precision)
                << distribution.name << " " << per_mille;
        }
    }
}

TEST(Histogram, CountSumMinimumAndMaximumAreExact) {
    for (const Distribution& distribution : distributions()) {
        const Histogram histogram = of(distribution.samples);
        EXPECT_EQ(histogram.count(), distribution.samples.size()) << distribution.name;
        EXPECT_EQ(histogram.min(), *std::ranges::min_element(distribution.samples));
        EXPECT_EQ(histogram.max(), *std::ranges::max_element(distribution.samples));
        std::uint64_t sum = 0;
        for (const std::uint64_t value : distribution.samples)
            sum = value > ~sum ? ~std::uint64_t{0} : sum + value;
        EXPECT_EQ(histogram.sum(), sum) << distribution.name;
    }
}

TEST(Histogram, EmptyOneSaysZero) {
    const Histogram histogram;
    EXPECT_TRUE(histogram.empty());
    EXPECT_EQ(histogram.percentile(500), 0u);
    EXPECT_EQ(histogram.mean(), 0u);
    EXPECT_EQ(histogram.max(), 0u);
}

TEST(Histogram, SmallValuesAreExact) {
    Samples samples;
    for (std::uint64_t value = 0; value < 128; ++value)
        samples.push_back(value);
    const Histogram histogram = of(samples);
    for (const unsigned per_mille : asked)
        EXPECT_EQ(histogram.percentile(per_mille), exact(samples, per_mille)) << per_mille;
}

TEST(Histogram, BucketsCoverEveryNumberWithoutGap) {
    EXPECT_EQ(Histogram::lowest(0), 0u);
    for (std::size_t bucket = 0; bucket + 1 < Histogram::bucket_count; ++bucket) {
        ASSERT_EQ(Histogram::bucket_of(Histogram::lowest(bucket)), bucket);
        ASSERT_EQ(Histogram::bucket_of(Histogram::highest(bucket)), bucket);
        ASSERT_EQ(Histogram::highest(bucket) + 1, Histogram::lowest(bucket + 1));
    }
    EXPECT_EQ(Histogram::bucket_of(~std::uint64_t{0}), Histogram::bucket_count - 1);
    EXPECT_EQ(Histogram::highest(Histogram::bucket_count - 1), ~std::uint64_t{0});
}

TEST(Histogram, MergedOnesAreAsIfRecordedTogether) {
    const std::vector<Distribution> all = distributions();
    for (const Distribution& first : all)
        for (const Distribution& second : all) {
            Samples both = first.samples;
            both.insert(both.end(), second.samples.begin(), second.samples.end());
            const Histogram together = of(both);
            Histogram merged = of(first.samples);
            merged.merge(of(second.samples));
            EXPECT_EQ(merged.count(), together.count());
            EXPECT_EQ(merged.sum(), together.sum());
            EXPECT_EQ(merged.min(), together.min());
            for (const unsigned per_mille : asked)
                EXPECT_EQ(merged.percentile(per_mille), together.percentile(per_mille))
                    << first.name << " and " << second.name;
        }
}

TEST(Histogram, MergingWithAnEmptyOneChangesNothing) {
    Histogram histogram = of({5, 7});
    histogram.merge({});
    EXPECT_EQ(histogram.min(), 5u);
    Histogram empty;
    empty.merge(histogram);
    EXPECT_EQ(empty.min(), 5u);
    EXPECT_EQ(empty.count(), 2u);
}

TEST(Histogram, OctavesHoldEveryValueOnce) {
    const Histogram histogram = of({0, 1, 2, 3, 4, 1000, 1023, 1024, ~std::uint64_t{0}});
    struct Octave {
        std::uint64_t lowest, highest, count;
        bool operator==(const Octave&) const = default;
    };
    std::vector<Octave> octaves;
    histogram.each_octave([&](std::uint64_t lowest, std::uint64_t highest, std::uint64_t count) {
        octaves.push_back({lowest, highest, count});
    });
    const std::vector<Octave> expected = {{0, 0, 1},
                                          {1, 1, 1},
                                          {2, 3, 2},
                                          {4, 7, 1},
                                          {512, 1023, 2},
                                          {1024, 2047, 1},
                                          {std::uint64_t{1} << 63, ~std::uint64_t{0}, 1}};
    EXPECT_EQ(octaves, expected);
}

TEST(Histogram, TakesLittleMemory) {
    EXPECT_EQ(Histogram().bytes(), 0u);
    EXPECT_LE(of({1000, 50'000, 7'000'000}).bytes(), 64u);
    std::lognormal_distribution<double> latencies(10.5, 1); // a usual one, in ns
    EXPECT_LE(of(drawn(100'000, [&](auto& random) { return latencies(random); })).bytes(),
              12u << 10);
    Samples all;
    for (std::size_t bucket = 0; bucket < Histogram::bucket_count; ++bucket)
        all.push_back(Histogram::lowest(bucket));
    EXPECT_LE(of(all).bytes(), 32u << 10);
}

} // namespace
} // namespace fusewire

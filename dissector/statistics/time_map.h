// TimeMap: what happened when, and how long it took: a bounded number of columns of time, each with its
// messages and, by rows of latency, its replies. Columns become wider as the capture becomes longer, so
// that a capture that never ends fits too.
#pragma once

#include "dissector/session.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace fusewire {

class TimeMap {
  public:
    // Rows of latency: two for each power of two, [2^k, 1.5 * 2^k) and [1.5 * 2^k, 2^(k+1)), from 128 ns
    // on; what is shorter or longer is in the first and the last one.
    static constexpr std::size_t row_count = 64;
    static constexpr std::size_t most_columns = 512;

    struct Cell {
        std::uint64_t replies = 0;
        std::uint64_t frame = 0; // of the first of them
    };
    struct Column {
        std::uint64_t requests = 0;
        std::uint64_t replies = 0;
        std::uint64_t errors = 0; // among the replies
        std::uint64_t notifications = 0;
        std::uint64_t frame = 0; // of the first message; 0: there is none
        std::array<Cell, row_count> cells{};

        std::uint64_t messages() const { return requests + replies + notifications; }
    };

    static std::size_t row_of(std::uint64_t latency_ns);
    static std::uint64_t lowest(std::size_t row);  // ns; 0 of the first row
    static std::uint64_t highest(std::size_t row); // ns; 2^64-1 of the last row

    // A reply counts when it was written; in a cell if it ended its request and its latency is known.
    void see(const Decoded& decoded);

    std::int64_t interval_ns() const {
        return interval_ns_;
    } // of a column: 1 us, 2 us, 10 us, 20 us ...
    // Adjoining, from the first with a message to the last one.
    const std::vector<Column>& columns() const { return columns_; }
    // When a column begins, in ns since the epoch; one behind the last column too.
    std::int64_t begin_ns(std::size_t column) const;
    std::uint64_t untimed() const { return untimed_; } // messages without a time
    std::uint64_t left_out() const {
        return left_out_;
    } // messages at times too far from the others

  private:
    Column* at(std::int64_t time_ns);
    void widen();

    std::int64_t interval_ns_ = 1000;
    bool doubles_next_ = true;              // else five times as wide
    std::optional<std::int64_t> origin_ns_; // the first message's time
    std::int64_t first_ = 0;                // number of columns_[0], counted from the origin
    std::vector<Column> columns_;
    std::uint64_t untimed_ = 0;
    std::uint64_t left_out_ = 0;
};

} // namespace fusewire

// Indexer: opens a capture so that any message of it can be shown at once, and fills its frame index,
// step by step in the caller's thread or all in a thread of its own. Rows can be read and decoded while
// the index grows; what was indexed before a damaged end, a file that shrank, or cancel() stays.
#pragma once

#include "capture/source.h"
#include "dissector/frame_decoder.h"
#include "dissector/frame_index.h"
#include "dissector/frame_indexer.h"

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace fusewire {

class Indexer {
  public:
    // Errc::unsupported for pipes, compressed files and rare variants of pcap: these have no places to
    // go back to.
    [[nodiscard]] static Result<std::unique_ptr<Indexer>> open(const std::string& path);

    // Stops what start() began.
    ~Indexer();
    Indexer(const Indexer&) = delete;
    Indexer& operator=(const Indexer&) = delete;

    // Adds up to `messages` rows; false when there are no more. Not after start().
    [[nodiscard]] Result<bool> step(std::size_t messages);

    // Indexes to the end in a thread. Once.
    void start();
    // Asks the thread to stop, or does nothing; wait() tells when it has.
    void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
    // Returns when the thread has ended: the error that it ended with.
    [[nodiscard]] Result<void> wait();

    // From any thread, at any time:

    const FrameIndex& index() const { return index_; }
    // Decodes rows; one for each thread, and no longer than this.
    std::unique_ptr<FrameDecoder> decoder() const;
    // Bytes of the file.
    Progress progress() const { return {done_.load(std::memory_order_relaxed), total_}; }
    // The thread has ended, or step() has given its last row.
    bool ended() const { return ended_.load(std::memory_order_acquire); }
    // As far as described by what was read.
    std::vector<Connection> connections() const;

    // When ended(): a cut end or a damaged tail that did not stop the reading.
    const std::vector<std::string>& warnings() const { return source_->warnings(); }

  private:
    explicit Indexer(std::unique_ptr<RecordSource> source);

    [[nodiscard]] Result<bool> add_next();
    void report();
    void finish();

    std::unique_ptr<RecordSource> source_;
    FrameIndex index_;
    FrameIndexer rows_{index_};
    std::uint64_t total_ = 0;
    std::atomic<std::uint64_t> done_{0};
    std::atomic<bool> cancelled_{false};
    std::atomic<bool> ended_{false};
    std::thread thread_;
    Result<void> outcome_; // of the thread

    mutable std::mutex mutex_; // of known_
    std::vector<Connection> known_;
    std::size_t known_revisions_ = 0;
};

} // namespace fusewire

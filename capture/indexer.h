// Indexer: opens a capture so that any message of it can be shown at once, and fills its frame index,
// step by step in the caller's thread or all in a thread of its own. Rows can be read and decoded while
// the index grows; what was indexed before a damaged end, a file that shrank, or cancel() stays. A file
// that is still being written can be followed: then the thread waits at its end for more.
#pragma once

#include "capture/source.h"
#include "dissector/frame_decoder.h"
#include "dissector/frame_index.h"
#include "dissector/frame_indexer.h"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace fusewire {

class Indexer {
  public:
    // Pipes and compressed files have no places to go back to, so they are copied to a private temporary
    // file first, and to the end; `go_on` is asked meanwhile, and false stops it. Errc::unsupported for
    // rare variants of pcap.
    using GoOn = std::function<bool(Progress)>;
    [[nodiscard]] static Result<std::unique_ptr<Indexer>> open(const std::string& path,
                                                               const GoOn& go_on = {});

    // A plain file to which more may be written, also one that is empty still. The thread waits for that as
    // long as `go_on`, and then the capture is complete. What is wrong with the file is told by wait().
    [[nodiscard]] static Result<std::unique_ptr<Indexer>> follow(const std::string& path,
                                                                 std::function<bool()> go_on);

    // Stops what start() began.
    ~Indexer();
    Indexer(const Indexer&) = delete;
    Indexer& operator=(const Indexer&) = delete;

    // Adds up to `messages` rows; false when there are no more. Not after start().
    [[nodiscard]] Result<bool> step(std::size_t messages);

    // Indexes to the end in a thread. Once; for files that are followed the only way.
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
    Progress progress() const {
        return {done_.load(std::memory_order_relaxed), total_.load(std::memory_order_relaxed)};
    }
    // All of a file that is followed is indexed, and the thread waits for more.
    bool waits() const { return waits_.load(std::memory_order_acquire); }
    // The thread has ended, or step() has given its last row.
    bool ended() const { return ended_.load(std::memory_order_acquire); }
    // As far as described by what was read.
    std::vector<Connection> connections() const;

    // When ended(): a cut end or a damaged tail that did not stop the reading.
    const std::vector<std::string>& warnings() const { return source_->warnings(); }

  private:
    Indexer() = default;
    void read(std::unique_ptr<RecordSource> source);

    [[nodiscard]] Result<bool> add_next();
    void report();
    void idle();
    void finish();
    FrameIndexer::About what_is_known() const;

    std::unique_ptr<RecordSource> source_;
    FrameIndex index_;
    FrameIndexer rows_{index_};
    bool follows_ = false;
    std::atomic<std::uint64_t> total_{0};
    std::atomic<std::uint64_t> done_{0};
    std::atomic<bool> waits_{false};
    std::atomic<bool> cancelled_{false};
    std::atomic<bool> ended_{false};
    std::thread thread_;
    Result<void> outcome_; // of the thread

    mutable std::mutex mutex_; // of known_
    std::vector<Connection> known_;
    std::size_t known_revisions_ = 0;
};

} // namespace fusewire

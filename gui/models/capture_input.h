// CaptureInput: where the bytes of a document come from, for each thread that reads them from the
// beginning: the index, the judge, a filter that needs findings, statistics.
#pragma once

#include "capture/source.h"

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace fusewire::gui {

class CaptureInput {
  public:
    // `following` says whether more may come behind the end of the file; null: never.
    explicit CaptureInput(std::string path,
                          std::shared_ptr<const std::atomic<bool>> following = nullptr)
        : path_(std::move(path)), following_(std::move(following)) {}

    const std::string& path() const { return path_; }
    // A source that is opened now may wait at the end: one pass has to do for what is to be shown soon.
    bool grows() const { return following_ && following_->load(std::memory_order_relaxed); }

    // A source of its own for the calling thread. Where more may come behind the end of the file, its
    // next() waits for that as long as `go_on`, and calls what was given to on_idle() before.
    [[nodiscard]] Result<std::unique_ptr<RecordSource>> open(std::function<bool()> go_on) const;

  private:
    std::string path_;
    std::shared_ptr<const std::atomic<bool>> following_;
};

} // namespace fusewire::gui

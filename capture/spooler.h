// Spooler: copies an input that can only be read from beginning to end, a pipe or a compressed file, into a
// private temporary file in a thread of its own, while others follow that file.
#pragma once

#include "capture/temporary_file.h"
#include "dissector/result.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace fusewire {

class Spooler {
  public:
    // Whether the file at `path` cannot be read in any order: a pipe, a socket, standard input ("-"), or
    // compressed.
    static bool is_needed(const std::string& path);

    // Begins to copy; a pipe that nobody writes to yet is waited for by the thread.
    [[nodiscard]] static Result<std::unique_ptr<Spooler>> start(std::string path);

    // Stops, and removes the copy.
    ~Spooler();
    Spooler(const Spooler&) = delete;
    Spooler& operator=(const Spooler&) = delete;

    // Of the copy.
    const std::string& copy() const { return file_->path(); }

    // Nothing more will be copied.
    bool ended() const { return ended_.load(std::memory_order_acquire); }
    // When ended(): why the copy is not whole.
    const Result<void>& outcome() const { return outcome_; }

  private:
    Spooler(std::string path, std::unique_ptr<TemporaryFile> file);
    [[nodiscard]] Result<void> copy_all();

    std::string path_;
    std::unique_ptr<TemporaryFile> file_;
    Result<void> outcome_;
    std::atomic<bool> stopped_{false};
    std::atomic<bool> ended_{false};
    std::thread thread_;
};

} // namespace fusewire

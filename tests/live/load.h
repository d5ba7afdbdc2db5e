// Work for a FUSE server: file operations that make many kinds of messages of many sizes.
#pragma once

#include <string>

namespace fusewire::live_test {

// How much load() does.
struct LoadSize {
    unsigned threads = 4;
    unsigned rounds = 10; // of each thread
};

// Runs the operations below `mount_point`, the tree of raw_server with files of at least 256 KiB.
// Throws std::runtime_error if one fails.
void run_load(const std::string& mount_point, const LoadSize& size);

} // namespace fusewire::live_test

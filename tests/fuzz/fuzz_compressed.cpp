// Fuzzes what stands before the readers: telling formats apart, decompression, reading a stream that
// cannot be mapped. The input is a file that is opened by its path.
#include "capture/source.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/read_whole.h"

#include <sys/mman.h>
#include <unistd.h>

#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fusewire;
    const int fd = memfd_create("input", MFD_CLOEXEC);
    fuzz::require(fd >= 0 && write(fd, data, size) == static_cast<ssize_t>(size),
                  "a memfd holds the input");
    fuzz::read_whole(open_capture("/proc/self/fd/" + std::to_string(fd)));
    close(fd);
    return 0;
}

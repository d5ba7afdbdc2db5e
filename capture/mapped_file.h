// A file mapped for reading that survives being cut short by someone else: touching a page that is
// gone gives zeros and raises a flag, where the kernel's answer would be SIGBUS.
#pragma once

#include "dissector/record.h"

#include <cstdint>
#include <memory>

namespace fusewire::files {

class MappedFile {
  public:
    // Maps `size` bytes (> 0) of the regular file `fd`, which has to stay open; what lies behind its end
    // can be looked at once it has grown. Null when the file cannot be mapped or too many are: read it as
    // a stream then.
    static std::unique_ptr<MappedFile> map(int fd, std::uint64_t size);

    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    Bytes bytes() const { return bytes_; }

    // A page was gone when it was touched. Cheap: asked after each record.
    bool fault_seen() const;

    // The file is shorter than `least` bytes, or a missing page was touched. Asks the kernel.
    bool shrunk(std::uint64_t least) const;

  private:
    struct Slot;
    friend struct SigbusGuard;
    static Slot slots_[];
    static Slot* take_slot();

    MappedFile(int fd, Bytes bytes, Slot& slot) : fd_(fd), bytes_(bytes), slot_(slot) {}

    int fd_;
    Bytes bytes_;
    Slot& slot_;
};

} // namespace fusewire::files

// TemporaryFile: a private file in $TMPDIR or /var/tmp, for captured bytes that have to lie in a file while
// they are shown. It is removed in the end; one without a name is gone even if we are killed.
#pragma once

#include "dissector/record.h"
#include "dissector/result.h"

#include <memory>
#include <string>

namespace fusewire {

class TemporaryFile {
  public:
    // `what` is to be copied, for the message when there is no room.
    enum class Name : std::uint8_t { none, kept };
    [[nodiscard]] static Result<std::unique_ptr<TemporaryFile>> create(std::string what, Name name);

    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    // Empty without a name.
    const std::string& path() const { return path_; }

    // Behind what is there. What was written before an error stays.
    [[nodiscard]] Result<void> append(Bytes bytes);

    // The descriptor, from the beginning of the file; the caller closes it.
    int release();

  private:
    TemporaryFile(std::string what, std::string folder)
        : what_(std::move(what)), folder_(std::move(folder)) {}
    tl::unexpected<Error> no_room() const;

    std::string what_;
    std::string folder_;
    std::string path_;
    int fd_ = -1;
};

} // namespace fusewire

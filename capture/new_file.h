// NewFile: a private file that comes in the place of another one only when it is whole. Until then it has
// a name of its own beside it, and is removed if it does not come so far: a full disk leaves the old one.
#pragma once

#include "dissector/result.h"

#include <string>

namespace fusewire {

class NewFile {
  public:
    // Creates an empty file of mode 0600 in the folder of `path`; where that is a symbolic link, of what
    // it points to. Errc::usage if something else than a regular file is there.
    [[nodiscard]] static Result<NewFile> beside(const std::string& path);

    NewFile(NewFile&& other) noexcept;
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile();

    // Where to write it meanwhile.
    const std::string& path() const { return temporary_; }

    // What to tell of a write to path() that failed: nobody knows that name, and what is in it goes.
    Error failed(const Error& writing) const;

    // Makes sure that it is on the disk, and renames it to what was asked for.
    [[nodiscard]] Result<void> put_in_place();

  private:
    NewFile(std::string wanted, std::string temporary)
        : wanted_(std::move(wanted)), temporary_(std::move(temporary)) {}

    std::string wanted_;
    std::string temporary_; // empty: it is in place
};

} // namespace fusewire

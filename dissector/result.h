// Result<T>: a value or the reason there is none. For what the world refuses (no such file, a probe
// that will not load); nonsense inside a capture is a finding instead (dissector/finding.h).
#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace fusewire {

enum class Errc : std::uint8_t {
    io,          // a system call failed; sys_errno says which way
    not_capture, // the bytes are no capture we know
    damaged,     // a capture that stops making sense at some place
    refused,     // the kernel or the permissions say no
    unsupported, // this build or this kernel lacks what is needed
    usage,       // the caller asked for something that does not exist
};

// `message` is one line: what, where, what to do; lower case, no period.
struct Error {
    Errc code = Errc::io;
    std::string message;
    int sys_errno = 0;
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Errc code, std::string message, int sys_errno = 0) {
    return tl::unexpected<Error>(Error{code, std::move(message), sys_errno});
}

} // namespace fusewire

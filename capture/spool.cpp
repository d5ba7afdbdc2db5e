#include "capture/spool.h"

#include "capture/temporary_file.h"

#include <fmt/format.h>

namespace fusewire::files {

namespace {

constexpr std::size_t part_size = 1024 * 1024;

} // namespace

Result<std::unique_ptr<ByteInput>> spool(ByteInput& input, const GoOn& go_on) {
    auto file = TemporaryFile::create(input.name(), TemporaryFile::Name::none);
    if (!file)
        return tl::unexpected(file.error());
    for (Bytes part = input.peek(part_size); !part.empty(); part = input.peek(part_size)) {
        if (go_on && !go_on(input.progress()))
            return fail(Errc::io, fmt::format("{}: stopped while it was copied", input.name()));
        if (auto written = (*file)->append(part); !written)
            return tl::unexpected(written.error());
        input.skip(part.size());
    }
    const auto failure = input.failure();
    return ByteInput::adopt((*file)->release(), input.name(),
                            failure ? failure->message : input.complaint());
}

} // namespace fusewire::files

#include "gui/models/judged_pass.h"

namespace fusewire::gui {

namespace {

constexpr Row rows_per_report = 8192;

// Of the whole work, of which a reading is one half.
int percentOf(const RecordSource& source, int half) {
    const Progress progress = source.progress();
    const std::uint64_t done = progress.total == 0 ? 0 : progress.done * 50 / progress.total;
    return static_cast<int>(done) + half * 50;
}

} // namespace

Result<void> runJudgedPass(const CaptureInput& input, const JudgedPass& pass) {
    auto source = input.open(pass.goesOn);
    if (!source)
        return tl::unexpected(source.error());
    Record record;
    int half = 0;
    Row row = 0;
    // An error ends both readings at the same message; the second one tells of it.
    Result<bool> more = true;
    const auto next = [&] {
        if (!pass.goesOn())
            return false;
        if (row++ % rows_per_report == 0)
            pass.progressed(percentOf(**source, half));
        more = (*source)->next(record);
        return more && *more;
    };
    JudgedSession first({.body = false, .findings = pass.needs.findings});
    first.keep_first_pass();
    while (next())
        first.see(record);
    const FirstPass known = first.first_pass();
    if (!pass.goesOn())
        return {};
    if (auto again = (*source)->rewind(); !again)
        return again;
    half = 1;
    row = 0;
    JudgedSession second(pass.needs, &known);
    while (next())
        if (!pass.see(row - 1, second, **source, second.see(record)))
            return {};
    return more ? Result<void>() : tl::unexpected(more.error());
}

} // namespace fusewire::gui

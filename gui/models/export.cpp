#include "gui/models/export.h"

#include "capture/capture_writer.h"
#include "capture/new_file.h"
#include "capture/output_file.h"
#include "gui/models/judged_pass.h"

#include <array>
#include <span>

namespace fusewire::gui {

namespace {

constexpr std::size_t rows_per_report = 1024;

QString toQString(const std::string& text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

// False ends it.
using See = std::function<bool(Row row, const Decoded& decoded)>;

// Walks over rows that ascend.
class Chosen {
  public:
    explicit Chosen(std::span<const Row> rows) : rows_(rows) {}
    bool take(Row row) {
        if (ended() || rows_[at_] != row)
            return false;
        ++at_;
        return true;
    }
    bool ended() const { return at_ == rows_.size(); }

  private:
    std::span<const Row> rows_;
    std::size_t at_ = 0;
};

// With findings, which take a reading of everything.
Result<void> walkJudged(const MessagesToExport& messages, const See& see,
                        const Task::Report& report) {
    Chosen chosen(messages.rows);
    int done = 0;
    JudgedPass pass;
    pass.goesOn = [&] { return report(done); };
    pass.progressed = [&](int percent) { done = percent; };
    pass.see = [&](Row row, const JudgedSession&, RecordSource&, const Decoded& decoded) {
        return (!chosen.take(row) || see(row, decoded)) && !chosen.ended();
    };
    return runJudgedPass(messages.input, pass);
}

// Without: what bytes alone tell, or of a capture that is not at its end.
Result<void> walkByRow(const MessagesToExport& messages, const See& see,
                       const Task::Report& report) {
    const auto decoder = messages.capture->decoder();
    for (std::size_t i = 0; i < messages.rows.size(); ++i) {
        if (i % rows_per_report == 0 && !report(static_cast<int>(i * 100 / messages.rows.size())))
            return {};
        const auto decoded = decoder->decode(messages.rows[i]);
        if (!decoded)
            return tl::unexpected(decoded.error());
        if (!see(messages.rows[i], *decoded))
            return {};
    }
    return {};
}

Result<void> walk(const MessagesToExport& messages, TextForm form, const See& see,
                  const Task::Report& report) {
    constexpr std::array<bool, 8> tells_findings{true, true, false, true, true, true, false, false};
    const bool judged = tells_findings[static_cast<std::size_t>(form)] && !messages.input.grows() &&
                        !messages.rows.empty();
    return judged ? walkJudged(messages, see, report) : walkByRow(messages, see, report);
}

Result<void> writeText(const MessagesToExport& messages, const MessageTextOptions& options,
                       const std::string& path, const Task::Report& report) {
    auto file = files::OutputFile::create(path);
    if (!file)
        return tl::unexpected(file.error());
    MessageText text(messages.capture->index(), options);
    std::string out;
    Result<void> written;
    const auto flush = [&] {
        (*file)->append(std::as_bytes(std::span{out}));
        out.clear();
        written = (*file)->commit();
        return written.has_value();
    };
    text.begin(out);
    const auto walked = walk(
        messages, options.form,
        [&](Row row, const Decoded& decoded) {
            text.add(out, row, decoded);
            return flush();
        },
        report);
    text.end(out);
    if (!walked || !flush())
        return walked ? written : walked;
    return (*file)->flush();
}

Result<void> writeCapture(const MessagesToExport& messages, FileFormat format,
                          const std::string& path, const Task::Report& report) {
    auto source = messages.input.open([&] { return report(0); });
    if (!source)
        return tl::unexpected(source.error());
    auto writer = CaptureWriter::create(path, format);
    if (!writer)
        return tl::unexpected(writer.error());
    Chosen chosen(messages.rows);
    Record record;
    for (Row row = 0; !chosen.ended(); ++row) {
        const Progress progress = (*source)->progress();
        const auto percent = progress.total == 0 ? 0 : progress.done * 100 / progress.total;
        if (row % rows_per_report == 0 && !report(static_cast<int>(percent)))
            return {};
        const auto more = (*source)->next(record);
        if (!more || !*more)
            return more ? Result<void>() : tl::unexpected(more.error());
        if (!chosen.take(row))
            continue;
        if (auto written = writer->write(**source, record); !written)
            return written;
    }
    return writer->flush();
}

} // namespace

QString exportMessages(const MessagesToExport& messages, const ExportFormat& format,
                       const std::string& path, const Task::Report& report) {
    auto file = NewFile::beside(path);
    if (!file)
        return toQString(file.error().message);
    const auto* text = std::get_if<MessageTextOptions>(&format);
    const auto written = text != nullptr ? writeText(messages, *text, file->path(), report)
                                         : writeCapture(messages, std::get<FileFormat>(format),
                                                        file->path(), report);
    if (!written)
        return toQString(file->failed(written.error()).message);
    if (!report(100))
        return {}; // cancelled: what was there stays
    const auto placed = file->put_in_place();
    return placed ? QString() : toQString(placed.error().message);
}

QString copyMessages(const MessagesToExport& messages, const MessageTextOptions& options,
                     std::size_t most, CopiedText& out, const Task::Report& report) {
    MessageText text(messages.capture->index(), options);
    text.begin(out.text);
    const auto walked = walk(
        messages, options.form,
        [&](Row row, const Decoded& decoded) {
            text.add(out.text, row, decoded);
            ++out.messages;
            return out.text.size() < most;
        },
        report);
    text.end(out.text);
    return walked ? QString() : toQString(walked.error().message);
}

} // namespace fusewire::gui

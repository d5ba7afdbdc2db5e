// fusewire import: turns dumps of other tools into captures.
#include "capture/import.h"

#include "capture/capture_writer.h"
#include "cli/diagnostics.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/progress_bar.h"
#include "cli/stop.h"
#include "cli/subcommand.h"

#include <memory>

namespace fusewire {

namespace {

constexpr Choice<ImportFormat> import_formats[] = {{"fusedump", ImportFormat::fusedump},
                                                   {"raw", ImportFormat::raw}};

struct ImportOptions {
    ImportFormat from = ImportFormat::raw;
    std::string in;
    std::string out;
    FileFormat format = FileFormat::pcapng;
};

Result<void> copy(RecordSource& source, CaptureWriter& writer) {
    ProgressBar progress(1);
    Record record;
    while (!stop_requested()) {
        auto more = source.next(record);
        if (!more)
            return tl::unexpected(more.error());
        if (!*more)
            break;
        if (auto written = writer.write(source, record); !written)
            return written;
        progress.tick(source);
    }
    return {};
}

int run_import(const ImportOptions& options) {
    auto source = open_import(options.in, options.from);
    if (!source)
        return report(source.error());
    auto writer = CaptureWriter::create(options.out, options.format, options.in);
    if (!writer)
        return report(writer.error());
    stop_reading_on_signals();
    auto copied = copy(**source, *writer);
    // What came before an error is whole, and is kept.
    if (auto flushed = writer->flush(); !flushed && copied)
        copied = flushed;
    for (const std::string& warning : (*source)->warnings())
        say(warning);
    end_as_signalled();
    if (copied || is_closed_pipe(copied.error()))
        return exit_done;
    return report(copied.error());
}

} // namespace

Subcommand add_import_command(CLI::App& app) {
    const auto options = std::make_shared<ImportOptions>();
    CLI::App* import = app.add_subcommand("import", "Turn a dump of another tool into a capture");
    add_choice(*import, "--from", options->from, import_formats,
               "fusedump: of GlusterFS or parsefuse, versions 1 and 2; raw: see the manual page")
        ->required();
    import->add_option("IN", options->in, "The dump; - is standard input")
        ->type_name("")
        ->required();
    import->add_option("-w", options->out, "The capture to write; - is standard output")
        ->type_name("FILE")
        ->required();
    add_format_option(*import, options->format);

    Subcommand command;
    command.app = import;
    command.run = [options] { return run_import(*options); };
    command.examples = {
        {"fusewire import --from fusedump mnt.dump -w mnt.pcapng",
         "a dump of glusterfs --dump-fuse"},
        {"fusewire import --from raw session.raw -w - | fusewire read -",
         "decodes without a file between"},
    };
    command.details =
        "A raw dump is a row of little-endian records: one byte direction (0 request, 1 reply or "
        "notification), three zero bytes, 32 bits length, 64 bits nanoseconds since the epoch, and "
        "the bytes of the message.\n"
        "Neither format knows connections or processes: all messages belong to connection 1.";
    return command;
}

} // namespace fusewire

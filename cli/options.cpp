#include "cli/options.h"

#include "cli/numbers.h"

#include <string_view>

namespace fusewire {

namespace {

constexpr Choice<ViewFormat> view_formats[] = {{"text", ViewFormat::text},
                                               {"json", ViewFormat::json},
                                               {"ndjson", ViewFormat::ndjson},
                                               {"fields", ViewFormat::fields}};
constexpr Choice<ColorWhen> color_choices[] = {
    {"auto", ColorWhen::automatic}, {"always", ColorWhen::always}, {"never", ColorWhen::never}};
constexpr Choice<TimeStyle> time_choices[] = {
    {"r", TimeStyle::relative}, {"e", TimeStyle::epoch}, {"a", TimeStyle::absolute}};
constexpr Choice<FileFormat> file_formats[] = {{"pcapng", FileFormat::pcapng},
                                               {"pcap", FileFormat::pcap}};

std::string all_dialect_names() {
    std::string names;
    for (int i = 0; i < dialect_count; ++i)
        names += (i == 0 ? "" : ", ") + std::string(spelling(static_cast<DialectName>(i)));
    return names;
}

} // namespace

void add_view_options(CLI::App& app, ViewOptions& options) {
    app.add_flag("-V", options.tree, "Show the whole tree of each message");
    app.add_flag("-x", options.hex, "Show the bytes of each message in hex");
    add_choice(app, "-T", options.format, view_formats, "What to print, text by default");
    app.add_option("-e", options.fields,
                   "A column of -T fields; repeat it, or separate with commas")
        ->type_name("FIELD")
        ->delimiter(',')
        ->take_all()
        ->allow_extra_args(false);
    app.add_flag("--pairs", options.pairs, "One line for a request and its reply, with latency");
    add_choice(app, "-t,--time", options.time, time_choices,
               "Times: r relative to the first message, e since the epoch, a local date and time");
    add_color_option(app, options.color);
}

void add_color_option(CLI::App& app, ColorWhen& color) {
    add_choice(app, "--color", color, color_choices,
               "Colours; auto is for terminals without NO_COLOR");
}

void add_check_input(CLI::App& app, CheckInput& input) {
    app.add_option("FILE", input.file,
                   "A capture (pcapng or pcap, also .gz or .zst); - is standard input")
        ->type_name("")
        ->required();
    add_dialect_option(app, input.dialect);
}

void add_dialect_option(CLI::App& app, std::optional<DialectName>& dialect) {
    const auto set = [&dialect](const std::string& text) {
        DialectName name{};
        if (!parse_dialect(text, name))
            throw CLI::ValidationError("--dialect",
                                       "'" + text + "' is none of " + all_dialect_names());
        dialect = name;
    };
    app.add_option_function<std::string>("--dialect", set,
                                         "Take every connection to speak this dialect")
        ->type_name("DIALECT");
}

void add_format_option(CLI::App& app, FileFormat& format) {
    add_choice(app, "--format", format, file_formats, "Format of the file that -w writes");
}

CLI::Option* add_count_option(CLI::App& app, const std::string& flags, std::uint64_t& target,
                              const std::string& help) {
    const auto set = [&target, flags](const std::string& text) {
        const auto count = parse_number(text);
        if (!count || *count == 0)
            throw CLI::ValidationError(flags, "'" + text + "' is no number above 0");
        target = *count;
    };
    return app.add_option_function<std::string>(flags, set, help)->type_name("N");
}

CLI::Option* add_size_option(CLI::App& app, const std::string& flags, std::uint64_t& target,
                             const std::string& help) {
    const auto set = [&target, flags](const std::string& text) {
        const auto size = parse_size(text);
        if (!size)
            throw CLI::ValidationError(flags,
                                       "'" + text + "' is no number of bytes such as 65536 or 64K");
        target = *size;
    };
    return app.add_option_function<std::string>(flags, set, help)->type_name("BYTES");
}

} // namespace fusewire

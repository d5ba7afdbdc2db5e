// fusewire capture: messages as they cross a connection, to a file, to standard output, or both.
#include "capture/live/mounts.h"
#include "cli/capture_filter.h"
#include "cli/capture_run.h"
#include "cli/connection_list.h"
#include "cli/diagnostics.h"
#include "cli/display_filter.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/ring_rules.h"
#include "cli/subcommand.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <limits>
#include <memory>

namespace fusewire {

namespace {

struct CaptureOptions {
    std::vector<std::string> targets; // empty: every connection
    std::vector<std::string> command;
    std::string out; // empty: no file
    FileFormat format = FileFormat::pcapng;
    bool print = false; // beside `out`
    ViewOptions view;
    std::uint64_t snap_length = 0; // 0: as ProbeOptions
    std::uint64_t ring_bytes = ProbeOptions{}.ring_bytes;
    std::uint64_t count = StopRules::never;
    std::vector<std::string> stop_rules;
    FilterOptions filter;
    std::string display_filter;          // of what is shown; empty: everything
    std::vector<std::string> ring_rules; // empty: one file
    std::string tier = "auto";
    std::string user;
    bool list = false;
    bool outstanding = false;
    double interval_s = 1;
    bool until_stdin_closes = false;
    bool dashes = false;

    bool shows() const { return out.empty() || print || view.asked_for() || outstanding; }
};

Result<std::uint32_t> to_u32(std::uint64_t bytes, std::uint64_t least, const char* option) {
    if (bytes < least || bytes > std::numeric_limits<std::uint32_t>::max())
        return fail(Errc::usage,
                    fmt::format("{} {}: expected {} bytes to less than 4G", option, bytes, least));
    return static_cast<std::uint32_t>(bytes);
}

Result<std::vector<ConnId>> find_targets(const std::vector<std::string>& targets,
                                         const std::vector<Mount>& mounts) {
    std::error_code error;
    const std::string here = std::filesystem::current_path(error).string();
    std::vector<ConnId> found;
    for (const std::string& target : targets) {
        auto conn = find_connection(target, mounts, here);
        if (!conn)
            return tl::unexpected(conn.error());
        found.push_back(*conn);
    }
    return found;
}

Result<ProbeOptions> probe_options(const CaptureOptions& options,
                                   const std::vector<Mount>& mounts) {
    ProbeOptions probe;
    auto filter = make_filter(options.filter);
    if (!filter)
        return tl::unexpected(filter.error());
    probe.filter = std::move(*filter);
    auto connections = find_targets(options.targets, mounts);
    if (!connections)
        return tl::unexpected(connections.error());
    probe.filter.connections = std::move(*connections);
    if (options.snap_length != 0) {
        auto snap_length = to_u32(options.snap_length, min_snap_length, "-s");
        if (!snap_length)
            return tl::unexpected(snap_length.error());
        probe.snap_length = *snap_length;
    }
    auto ring_bytes = to_u32(options.ring_bytes, 1, "--ring-size");
    if (!ring_bytes)
        return tl::unexpected(ring_bytes.error());
    probe.ring_bytes = *ring_bytes;
    return probe;
}

Result<StopRules> stop_rules(const CaptureOptions& options) {
    StopRules rules;
    for (const std::string& rule : options.stop_rules)
        if (auto added = rules.add(rule); !added)
            return tl::unexpected(added.error());
    rules.messages = std::min(rules.messages, options.count);
    if (rules.bytes != StopRules::never && options.out.empty())
        return fail(Errc::usage, "-a size is the size of the file of -w; add -w FILE");
    if (rules.files != StopRules::never && options.ring_rules.empty())
        return fail(Errc::usage, "-a files counts the files of -b; add -b");
    return rules;
}

// What epoll can watch: a file and /dev/null are always readable.
bool stdin_can_close() {
    struct stat status {};
    return isatty(STDIN_FILENO) == 1 || (fstat(STDIN_FILENO, &status) == 0 &&
                                         (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)));
}

Result<void> check(const CaptureOptions& options) {
    if (options.until_stdin_closes && !stdin_can_close())
        return fail(Errc::usage, "--until-stdin-closes: standard input is no pipe, socket or "
                                 "terminal, whose end could be waited for");
    if (options.out == "-" && options.shows())
        return fail(Errc::usage, "standard output cannot carry both text and -w -; leave out one");
    if (options.out == "-" && isatty(STDOUT_FILENO) == 1)
        return fail(Errc::usage, "-w - to a terminal; redirect it, or leave out -w for text");
    if (!options.display_filter.empty() && (options.outstanding || !options.shows()))
        return fail(Errc::usage, "-Y chooses the messages that are shown; add -P to show them, or "
                                 "filter with --opcode, --pid, --uid, --errors");
    if (!options.ring_rules.empty() && (options.out.empty() || options.out == "-"))
        return fail(Errc::usage, "-b writes several files; add -w FILE, from which their names are "
                                 "made");
    if (options.dashes && options.command.empty())
        return fail(Errc::usage, "no command after --");
    return {};
}

Result<CapturePlan> make_plan(const CaptureOptions& options) {
    if (auto checked = check(options); !checked)
        return tl::unexpected(checked.error());
    CapturePlan plan;
    if (options.outstanding) {
        auto outstanding = outstanding_options(options.view, options.interval_s);
        if (!outstanding)
            return tl::unexpected(outstanding.error());
        plan.outstanding = *outstanding;
    } else if (options.shows()) {
        auto view = make_view(options.view);
        if (!view)
            return tl::unexpected(view.error());
        plan.view = std::move(*view);
    }
    auto stop = stop_rules(options);
    if (!stop)
        return tl::unexpected(stop.error());
    plan.stop = *stop;
    plan.until_stdin_closes = options.until_stdin_closes;
    if (!options.ring_rules.empty()) {
        auto ring = parse_ring_rules(options.ring_rules);
        if (!ring)
            return tl::unexpected(ring.error());
        plan.ring = *ring;
    }
    auto mounts = read_mounts();
    if (!mounts)
        return tl::unexpected(mounts.error());
    auto probe = probe_options(options, *mounts);
    if (!probe)
        return tl::unexpected(probe.error());
    plan.live = {.probe = std::move(*probe), .tier = options.tier};
    auto identity = invoking_identity(options.user, geteuid(), process_environment);
    if (!identity)
        return tl::unexpected(identity.error());
    plan.identity = std::move(*identity);
    plan.command = options.command;
    plan.out = options.out;
    plan.format = options.format;
    return plan;
}

int run_capture(const CaptureOptions& options) {
    if (options.list)
        return list_connections(options.view.format);
    auto filter = parse_display_filter(options.display_filter);
    if (!filter)
        return filter.error();
    auto plan = make_plan(options);
    if (!plan)
        return report(plan.error());
    plan->filter = std::move(*filter);
    return CaptureRun(std::move(*plan)).run();
}

void add_rule_option(CLI::App& capture, const std::string& flag, std::vector<std::string>& rules,
                     const std::string& help) {
    capture.add_option(flag, rules, help)
        ->type_name("RULE")
        ->delimiter(',')
        ->take_all()
        ->allow_extra_args(false);
}

void add_capture_options(CLI::App& capture, CaptureOptions& options) {
    capture
        .add_option("TARGET", options.targets,
                    "A mount point or a connection number; every connection if there is none")
        ->type_name("");
    capture.add_option("-w", options.out, "Write a capture file; - is standard output")
        ->type_name("FILE");
    capture.add_flag("-P", options.print, "Print the messages although -w is given");
    add_format_option(capture, options.format);
    add_size_option(capture, "-s", options.snap_length,
                    "Keep this much of each message; the whole by default");
    add_count_option(capture, "-c", options.count, "Stop after N messages");
    add_rule_option(capture, "-a", options.stop_rules,
                    "Stop after duration:SECONDS, messages:N, size:BYTES or files:N; repeat it, or "
                    "separate with commas");
    capture.add_flag("--until-stdin-closes", options.until_stdin_closes,
                     "Stop when standard input ends or says anything");
    add_rule_option(capture, "-b", options.ring_rules,
                    "Write a row of files, the next one after duration:SECONDS, size:BYTES or "
                    "messages:N, or at each interval:SECONDS; files:N keeps the newest N");
    add_filter_options(capture, options.filter);
    capture
        .add_option("--tier", options.tier,
                    "How to capture: auto (the best that works), fentry, kprobe, tp or sys")
        ->type_name("TIER");
    capture
        .add_option("--user", options.user,
                    "Become this user once the probe runs; the caller of sudo by default")
        ->type_name("USER");
    add_size_option(capture, "--ring-size", options.ring_bytes,
                    "Room for messages that wait to be read, 16M by default");
    capture.add_flag("--outstanding", options.outstanding,
                     "Show what is unanswered, at each interval, instead of messages");
    capture
        .add_option("--interval", options.interval_s, "Seconds from one to the next, 1 by default")
        ->type_name("SECONDS");
    capture.add_flag("-D", options.list, "List the connections and exit; -T json is for programs");
    add_display_filter_option(capture, options.display_filter);
    add_view_options(capture, options.view);
}

} // namespace

Subcommand add_capture_command(CLI::App& app) {
    const auto options = std::make_shared<CaptureOptions>();
    CLI::App* capture = app.add_subcommand("capture", "Capture messages as they happen");
    add_capture_options(*capture, *options);

    Subcommand command;
    command.app = capture;
    command.run = [options] { return run_capture(*options); };
    command.after_dashes = [options](std::vector<std::string> arguments) {
        options->dashes = true;
        options->command = std::move(arguments);
    };
    command.examples = {
        {"sudo fusewire capture /mnt/x", "shows the messages of one mount as they happen"},
        {"sudo fusewire capture /mnt/x -w x.pcapng -- ls -l /mnt/x",
         "captures while a command runs, as you"},
        {"sudo fusewire capture -w all.pcapng -a duration:10", "every connection for ten seconds"},
        {"sudo fusewire capture /mnt/x -w x.pcapng -b size:64M,files:10",
         "for days: the newest ten files of 64 MiB"},
        {"sudo fusewire capture /mnt/x -w - | fusewire read - --pairs", "without a file between"},
        {"sudo fusewire capture /mnt/x --opcode '!READ,!WRITE' --uid 1000",
         "leaves messages out before they are copied"},
        {"sudo fusewire capture /mnt/x --errors", "only what failed"},
        {"sudo fusewire capture /mnt/x -w x.pcapng -P -Y 'fuse.latency > 10 ms'",
         "everything into the file, and what is slow on the screen"},
        {"sudo fusewire capture --outstanding", "what hangs, since when, who asked and who has it"},
        {"fusewire capture -D", "lists the connections and who serves them"},
    };
    command.details =
        "The probe needs root (CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN). Once it is attached "
        "fusewire "
        "becomes the user who called sudo or pkexec, or --user, gives up every capability, and "
        "only "
        "then decodes and writes. Capture files are created with mode 0600.\n"
        "What --opcode, --pid, --uid, --server-pid and --errors leave out is left out in the "
        "kernel "
        "and costs next to nothing. The opcode of a COMPOUND is COMPOUND. A request's caller is a "
        "thread: --pid means the threads that the process has when the capture begins, and in tier "
        "tp all it ever has.\n"
        "Without -w, or with -P beside it, one line is printed for each message. What follows -- "
        "is "
        "a command that is started as that user once the probe is attached; the capture ends with "
        "it. Its standard output goes to standard error while ours carries messages.\n"
        "--outstanding shows the requests that have no answer, oldest first: for how long (> where "
        "it began before it could be seen), who asked, which thread of the server has read it, or "
        "that nobody has, and an INTERRUPT for it. On a terminal each state is drawn over the last "
        "one; elsewhere they follow each other with an empty line between, or as objects with -T "
        "json and -T ndjson. A capture file can be written at the same time.\n"
        "With -b, -w x.pcapng becomes x_00001_20261122143000.pcapng and so on: a number and the "
        "local time of the first message (of the start for the first file). Each file is a capture "
        "of its own, whole before the next begins, and message numbers go on. Requests open at a "
        "change are paired with their replies when the files are read together: mergecap -a -w "
        "all.pcapng x_*. The time of a file begins with its first message, and a file without "
        "messages is not followed by another, so that what happened before a hang is kept. -b "
        "interval:3600 begins a file at each full hour of UTC. filesize:KB (of 1000 bytes) and "
        "packets:N are understood as by dumpcap. -a files:N ends the capture with the Nth file; -a "
        "size counts all files together. Only files of this run are removed.\n"
        "A capture of named connections ends when all of them are over: unmounted, and after a "
        "lazy "
        "unmount also out of use, or every process that served has ended. Beside a command it ends "
        "with the command. A capture of all connections goes on and names what is mounted "
        "meanwhile. When the disk is full the file ends with the last whole message, and the exit "
        "code is 3.\n"
        "--until-stdin-closes is for programs that start a capture through sudo or pkexec and may "
        "not "
        "send it a signal: they keep a pipe to its standard input open as long as they want it to "
        "go "
        "on. It also ends when they die.\n"
        "SIGINT and SIGTERM end the capture: the probe is detached, what it has already seen is "
        "written, and the file is closed. A second signal ends it at once.\n"
        "A summary on standard error says how many messages were captured and lost, and what the "
        "tier cannot see.";
    return command;
}

} // namespace fusewire

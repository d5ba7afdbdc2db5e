#include "cli/capture_filter.h"

#include "cli/numbers.h"
#include "cli/options.h"
#include "dissector/opcodes.h"
#include "dissector/render/fields.h"

#include <fmt/format.h>
#include <pwd.h>

#include <algorithm>
#include <cctype>

namespace fusewire {

namespace {

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::toupper(x) == std::toupper(y); });
}

void add_number(OpcodeFilter& filter, std::uint64_t number) {
    if (number < filtered_opcodes)
        filter.opcodes.set(number);
    else
        filter.others = true;
}

// An operation has another number in some dialects; all of them are meant.
bool add_named(OpcodeFilter& filter, std::string_view name) {
    bool found = false;
    for (const Opcode* opcode : all_opcodes())
        if (same_word(opcode->name, name)) {
            add_number(filter, opcode->number);
            found = true;
        }
    return found;
}

tl::unexpected<Error> unknown_opcode(std::string_view word) {
    std::vector<std::string> names;
    for (const Opcode* opcode : all_opcodes())
        names.emplace_back(opcode->name);
    const std::string near = nearest_name(word, names);
    return fail(Errc::usage, fmt::format("--opcode {}: no such opcode; {}", word,
                                         near.empty() ? "fusewire fields lists them"
                                                      : fmt::format("did you mean {}?", near)));
}

Result<OpcodeFilter> parse_opcodes(const std::vector<std::string>& words) {
    const auto leaves_out = [](const std::string& word) { return word.starts_with('!'); };
    const bool inverted = std::ranges::all_of(words, leaves_out);
    if (!inverted && std::ranges::any_of(words, leaves_out))
        return fail(Errc::usage, "--opcode: either all opcodes begin with ! or none does");
    OpcodeFilter filter;
    for (std::string_view word : words) {
        if (inverted)
            word.remove_prefix(1);
        if (const auto number = parse_number(word))
            add_number(filter, *number);
        else if (!add_named(filter, word))
            return unknown_opcode(word);
    }
    if (inverted) {
        filter.opcodes.flip();
        filter.others = !filter.others;
    }
    return filter;
}

Result<std::uint32_t> parse_uid(const std::string& text) {
    if (const auto number = parse_number(text); number && *number < UINT32_MAX)
        return static_cast<std::uint32_t>(*number);
    if (const passwd* user = getpwnam(text.c_str()))
        return user->pw_uid;
    return fail(Errc::usage,
                fmt::format("--uid {}: expected a number or the name of a user", text));
}

} // namespace

void add_filter_options(CLI::App& capture, FilterOptions& options) {
    capture
        .add_option("--opcode", options.opcodes,
                    "Only requests of these opcodes and their replies, by name or number; all but "
                    "those with ! before each; repeat it, or separate with commas")
        ->type_name("OPCODE")
        ->delimiter(',')
        ->take_all()
        ->allow_extra_args(false);
    capture
        .add_option("--pid", options.pids,
                    "Only requests of these processes, and their replies; repeat it, or separate "
                    "with commas")
        ->type_name("PID")
        ->delimiter(',')
        ->take_all()
        ->allow_extra_args(false);
    capture.add_option("--uid", options.uid, "Only requests of this user, and their replies")
        ->type_name("USER");
    capture.add_option("--server-pid", options.server_pid, "Only what this server process handles")
        ->type_name("PID");
    capture.add_flag("--errors", options.errors,
                     "Only replies with an error, and the requests that they answer");
    add_size_option(capture, "--data-bytes", options.data_bytes,
                    "Keep this much of the file data in READ and WRITE; 0 keeps none");
}

Result<MessageFilter> make_filter(const FilterOptions& options) {
    MessageFilter filter;
    if (!options.opcodes.empty()) {
        auto opcodes = parse_opcodes(options.opcodes);
        if (!opcodes)
            return tl::unexpected(opcodes.error());
        filter.opcodes = *opcodes;
    }
    if (!options.uid.empty()) {
        auto uid = parse_uid(options.uid);
        if (!uid)
            return tl::unexpected(uid.error());
        filter.uid = *uid;
    }
    filter.pids = options.pids;
    filter.server_pid = options.server_pid;
    filter.errors = options.errors;
    if (options.data_bytes != FilterOptions::all_bytes)
        filter.data_bytes =
            static_cast<std::uint32_t>(std::min<std::uint64_t>(options.data_bytes, UINT32_MAX - 1));
    return filter;
}

} // namespace fusewire

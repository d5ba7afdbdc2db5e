// Command-line options that are more than a number or a string: one of a few words, and the ways a
// message can be shown, which `read` and `capture` share.
#pragma once

#include "capture/sink.h"
#include "cli/check_pass.h"
#include "cli/view.h"
#include "dissector/dialect.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fusewire {

// A word that an option takes and what it stands for.
template <class Value>
struct Choice {
    const char* word;
    Value value;
};

// "text|json|ndjson|fields": the words of an option, in its help and for the completions.
template <class Value>
std::string words_of(std::span<const Choice<Value>> choices) {
    std::string words;
    for (const Choice<Value>& choice : choices)
        words += (words.empty() ? "" : "|") + std::string(choice.word);
    return words;
}

// An option that takes one of the words and sets `target`, which has to outlive the parsing.
template <class Value, std::size_t count>
CLI::Option* add_choice(CLI::App& app, const std::string& flags, Value& target,
                        const Choice<Value> (&choices)[count], const std::string& help) {
    const std::span<const Choice<Value>> all(choices);
    const auto choose = [&target, all, flags](const std::string& word) {
        for (const Choice<Value>& choice : all)
            if (word == choice.word) {
                target = choice.value;
                return;
            }
        throw CLI::ValidationError(flags.substr(0, flags.find(',')),
                                   "'" + word + "' is none of " + words_of(all));
    };
    return app.add_option_function<std::string>(flags, choose, help)->type_name(words_of(all));
}

// -V, -x, -T, -e, --pairs, --color, -t.
void add_view_options(CLI::App& app, ViewOptions& options);

// --color.
void add_color_option(CLI::App& app, ColorWhen& color);

// FILE and --dialect of commands that judge a whole capture.
void add_check_input(CLI::App& app, CheckInput& input);

// --dialect NAME.
void add_dialect_option(CLI::App& app, std::optional<DialectName>& dialect);

// --format of a capture file that is written.
void add_format_option(CLI::App& app, FileFormat& format);

// An option that takes a number of messages, at least 1.
CLI::Option* add_count_option(CLI::App& app, const std::string& flags, std::uint64_t& target,
                              const std::string& help);

// An option that takes a number of bytes: "65536", "64K", "16M", "1G".
CLI::Option* add_size_option(CLI::App& app, const std::string& flags, std::uint64_t& target,
                             const std::string& help);

} // namespace fusewire

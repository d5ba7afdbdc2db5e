// fusewire doctor: whether this machine can capture, what is missing, and what to do about it.
#include "capture/live/requirements.h"
#include "cli/diagnostics.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/subcommand.h"
#include "dissector/escape.h"
#include "dissector/render/json_object.h"
#include "dissector/render/paint.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iterator>
#include <memory>

namespace fusewire {

namespace {

enum class DoctorFormat : std::uint8_t { text, json };
constexpr Choice<DoctorFormat> doctor_formats[] = {{"text", DoctorFormat::text},
                                                   {"json", DoctorFormat::json}};

struct DoctorOptions {
    DoctorFormat format = DoctorFormat::text;
    ColorWhen color = ColorWhen::automatic;
};

constexpr const char* answer_words[] = {"yes", "no", "unknown"};
constexpr const char* need_words[] = {"capture", "tier", "more"};

const char* word_of(Answer answer) {
    return answer_words[static_cast<std::size_t>(answer)];
}

// What is missing is bad only where nothing can stand in for it.
Paint paint_of(Answer answer, Need need) {
    constexpr Paint no_paints[] = {Paint::bad, Paint::caution, Paint::caution};
    if (answer == Answer::no)
        return no_paints[static_cast<std::size_t>(need)];
    return answer == Answer::yes ? Paint::good : Paint::dim;
}

// The answer, what it is about, and the rest of the line.
void append_line(std::string& out, bool color, Answer answer, Need need, std::string_view name,
                 std::string_view rest) {
    {
        const Painted painted(out, color, paint_of(answer, need));
        fmt::format_to(std::back_inserter(out), "{:<7}", word_of(answer));
    }
    fmt::format_to(std::back_inserter(out), " {:<21}{}{}\n", name, rest.empty() ? "" : " ", rest);
}

void append_requirement(std::string& out, bool color, const CheckedRequirement& checked) {
    std::string rest = checked.result.detail;
    if (checked.result.answer == Answer::no)
        rest += fmt::format("; {}", checked.requirement->remedy);
    append_line(out, color, checked.result.answer, checked.requirement->need,
                checked.requirement->name, rest);
}

// Errors of one tier begin with its name, which is in the row already.
std::string_view reason_of(const TierTrial& trial) {
    std::string_view reason = trial.refusal->message;
    if (const auto prefix = fmt::format("tier {}: ", trial.tier->name); reason.starts_with(prefix))
        reason.remove_prefix(prefix.size());
    return reason;
}

void append_trial(std::string& out, bool color, const TierTrial& trial) {
    append_line(out, color, trial.refusal ? Answer::no : Answer::yes, Need::tier,
                fmt::format("tier {}", trial.tier->name),
                trial.refusal ? reason_of(trial) : "loaded, attached and removed again");
}

std::string conclusion(const Diagnosis& diagnosis) {
    const TierTrial* best = diagnosis.best();
    if (best == nullptr)
        return fmt::format("cannot capture here: {}", diagnosis.reason);
    const auto blind = blind_spots(*best);
    return blind.empty() ? fmt::format("best tier: {}; it sees everything", best->tier->name)
                         : fmt::format("best tier: {}; it cannot see {}", best->tier->name,
                                       fmt::join(blind, ", "));
}

void append_text(std::string& out, const Diagnosis& diagnosis, bool color) {
    for (const CheckedRequirement& checked : diagnosis.requirements)
        append_requirement(out, color, checked);
    for (const TierTrial& trial : diagnosis.trials)
        append_trial(out, color, trial);
    out += '\n';
    const Painted painted(out, color, diagnosis.best() == nullptr ? Paint::bad : Paint::good);
    out += conclusion(diagnosis);
}

void append_strings(std::string& out, const std::vector<std::string>& strings) {
    JsonArray array(out);
    for (const std::string& string : strings)
        append_json_string(array.element(), string);
    array.close();
}

void text_or_null(JsonObject& object, std::string_view name, std::string_view value) {
    value.empty() ? object.null(name) : object.text(name, value);
}

void append_json(std::string& out, const CheckedRequirement& checked) {
    const Requirement& requirement = *checked.requirement;
    JsonObject object(out);
    object.text("name", requirement.name);
    object.text("answer", word_of(checked.result.answer));
    object.text("need", need_words[static_cast<std::size_t>(requirement.need)]);
    object.text("detail", checked.result.detail);
    object.text("remedy", requirement.remedy);
    object.close();
}

void append_json(std::string& out, const TierTrial& trial) {
    JsonObject object(out);
    object.text("name", trial.tier->name);
    object.boolean("works", !trial.refusal);
    text_or_null(object, "reason", trial.refusal ? reason_of(trial) : "");
    append_strings(object.key("cannot_see"), blind_spots(trial));
    object.close();
}

template <class Row>
void append_rows(std::string& out, const std::vector<Row>& rows) {
    JsonArray array(out);
    for (const Row& row : rows) {
        array.element() += "\n  ";
        append_json(out, row);
    }
    array.close();
}

void append_json(std::string& out, const Diagnosis& diagnosis, const Machine& machine) {
    const TierTrial* best = diagnosis.best();
    JsonObject object(out);
    object.boolean("can_capture", best != nullptr);
    text_or_null(object, "best_tier", best == nullptr ? "" : best->tier->name);
    text_or_null(object, "reason", diagnosis.reason);
    object.text("kernel", machine.kernel_release());
    append_rows(object.key("requirements"), diagnosis.requirements);
    append_rows(object.key("tiers"), diagnosis.trials);
    object.close();
}

int run_doctor(const DoctorOptions& options) {
    const Machine machine;
    const Diagnosis diagnosis = diagnose(machine, try_tiers());
    Output out(STDOUT_FILENO);
    if (options.format == DoctorFormat::json)
        append_json(out.text(), diagnosis, machine);
    else
        append_text(out.text(), diagnosis, wants_color(options.color));
    out.text() += '\n';
    if (const auto printed = out.finish(); !printed)
        return report(printed.error());
    return diagnosis.best() == nullptr ? exit_failed : exit_done;
}

} // namespace

Subcommand add_doctor_command(CLI::App& app) {
    const auto options = std::make_shared<DoctorOptions>();
    CLI::App* doctor = app.add_subcommand("doctor", "Say whether this machine can capture");
    add_choice(*doctor, "-T", options->format, doctor_formats, "What to print, text by default");
    add_color_option(*doctor, options->color);

    Subcommand command;
    command.app = doctor;
    command.run = [options] { return run_doctor(*options); };
    command.examples = {
        {"sudo fusewire doctor", "every requirement, with what to do where one is missing"},
        {"sudo fusewire doctor -T json", "for programs"},
    };
    command.details =
        "One line for each requirement: yes, no or unknown, what was found, and what to do. Some "
        "are "
        "needed to capture at all, some only for one tier, some only to see more; in JSON, need "
        "says "
        "which (capture, tier, more). Every tier of this build is really loaded, attached and "
        "removed "
        "again.\n"
        "The last line names the best tier and what it cannot see, or why nothing can be captured. "
        "The exit code is 0 if this user can capture here, else 3. "
        "kernel.unprivileged_bpf_disabled does not matter: fusewire never loads a program without "
        "capabilities.";
    return command;
}

} // namespace fusewire

#include "dissector/opcodes.h"
#include "dissector/render/json_object.h"
#include "dissector/render/judgement.h"
#include "dissector/render/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

namespace fusewire {

namespace {

constexpr std::string_view level(Severity severity) {
    constexpr std::string_view levels[] = {"note", "warning", "error"};
    return levels[static_cast<std::size_t>(severity)];
}

// The path of a file as a URI reference (RFC 3986).
std::string uri_of(const std::string& file) {
    constexpr std::string_view plain = "-._~/";
    std::string uri = file.starts_with('/') ? "file://" : "";
    for (const char c : file == "-" ? std::string("stdin") : file) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x80 && std::isalnum(byte) != 0) || plain.find(c) != std::string_view::npos)
            uri += c;
        else
            uri += fmt::format("%{:02X}", byte);
    }
    return uri;
}

void append_message(std::string& out, std::string_view text) {
    JsonObject message(out);
    message.text("text", text);
    message.close();
}

std::string help_of(const RuleInfo& rule) {
    std::string help = rule.consequence;
    for (const char* part : {rule.advice, rule.doc})
        if (*part != '\0')
            help += (help.empty() ? "" : "\n\n") + std::string(part);
    return help.empty() ? rule.text : help;
}

class Sarif {
  public:
    Sarif(std::string& out, const CheckReport& report, const std::string& file)
        : out_(out), report_(report), uri_(uri_of(file)) {}

    void log(const std::string& version);

  private:
    void run(const std::string& version);
    void driver(JsonObject& tool, const std::string& version);
    void rule(const FindingGroup& group);
    void results(JsonObject& run);
    void result(const Judgement& judgement, std::size_t rule);
    void location(std::string& out, const Judgement& judgement, std::uint64_t frame);

    std::string& out_;
    const CheckReport& report_;
    std::string uri_;
};

void Sarif::log(const std::string& version) {
    JsonObject log(out_);
    log.text("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    log.text("version", "2.1.0");
    JsonArray runs(log.key("runs"));
    runs.element();
    run(version);
    runs.close();
    log.close();
    out_ += '\n';
}

void Sarif::run(const std::string& version) {
    JsonObject run(out_);
    JsonObject tool(run.key("tool"));
    driver(tool, version);
    tool.close();
    results(run);
    run.close();
}

void Sarif::driver(JsonObject& tool, const std::string& version) {
    JsonObject driver(tool.key("driver"));
    driver.text("name", "fusewire");
    driver.text("version", version);
    JsonArray rules(driver.key("rules"));
    for (const FindingGroup& group : report_.groups) {
        rules.element() += '\n';
        rule(group);
    }
    rules.close();
    driver.close();
}

void Sarif::rule(const FindingGroup& group) {
    const RuleInfo& info = *group.rule;
    JsonObject rule(out_);
    rule.text("id", info.id);
    append_message(rule.key("shortDescription"), info.text);
    append_message(rule.key("fullDescription"), *info.doc == '\0' ? info.text : info.doc);
    append_message(rule.key("help"), help_of(info));
    JsonObject configuration(rule.key("defaultConfiguration"));
    configuration.text("level", level(info.severity));
    configuration.close();
    rule.close();
}

void Sarif::results(JsonObject& run) {
    JsonArray results(run.key("results"));
    for (std::size_t i = 0; i < report_.groups.size(); ++i)
        for (const Judgement* judgement : report_.groups[i].judgements) {
            results.element() += '\n';
            result(*judgement, i);
        }
    results.close();
}

void Sarif::result(const Judgement& judgement, std::size_t rule) {
    JsonObject result(out_);
    result.text("ruleId", judgement.rule->id);
    result.number("ruleIndex", rule);
    result.text("level", level(judgement.severity));
    append_message(result.key("message"),
                   fmt::format("{}; {}", judgement.message(), judgement.consequence()));
    JsonArray locations(result.key("locations"));
    location(locations.element(), judgement, judgement.frame);
    locations.close();
    JsonArray related(result.key("relatedLocations"));
    for (const std::uint64_t frame : judgement.sighting.related)
        location(related.element(), judgement, frame);
    related.close();
    result.number("occurrenceCount", judgement.count);
    append_json(result.key("properties"), judgement);
    result.close();
}

// A capture has no lines; the frame is a logical place in the file.
void Sarif::location(std::string& out, const Judgement& judgement, std::uint64_t frame) {
    JsonObject location(out);
    JsonObject physical(location.key("physicalLocation"));
    JsonObject artifact(physical.key("artifactLocation"));
    artifact.text("uri", uri_);
    artifact.close();
    physical.close();
    JsonArray logical(location.key("logicalLocations"));
    JsonObject place(logical.element());
    place.text("name", fmt::format("frame {}", frame));
    place.text(
        "fullyQualifiedName",
        fmt::format("connection {}/frame {}", static_cast<std::uint32_t>(judgement.conn), frame));
    place.text("kind", "message");
    place.close();
    logical.close();
    location.close();
}

} // namespace

void append_sarif(std::string& out, const CheckReport& report, const std::string& file,
                  const std::string& version) {
    Sarif(out, report, file).log(version);
}

} // namespace fusewire

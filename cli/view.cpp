#include "cli/view.h"

#include "cli/pairs_view.h"
#include "dissector/render/connection.h"
#include "dissector/render/fields.h"
#include "dissector/render/json.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <iterator>
#include <string_view>

namespace fusewire {

namespace {

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

std::string_view why(DialectName name, const Recognition* reason) {
    if (reason != nullptr)
        return reason->text;
    return name == DialectName::unknown ? "no INIT and no message that tells" : "--dialect says so";
}

class TextView final : public View {
  public:
    TextView(const ViewOptions& options, const TextStyle& style)
        : style_(style), tree_(options.tree), hex_(options.hex) {}

    void connection(std::string& out, const Connection& connection) override {
        if (tree_)
            fmt::format_to(std::back_inserter(out), "# {}\n", describe(connection));
    }

    bool says_dialect() const override { return tree_; }
    void dialect(std::string& out, ConnId conn, DialectName name,
                 const Recognition* reason) override {
        fmt::format_to(std::back_inserter(out), "# dialect {} on connection {}: {}\n",
                       spelling(name), static_cast<std::uint32_t>(conn), why(name, reason));
    }

    void message(std::string& out, const Decoded& decoded) override {
        origin_.see(style_, decoded.record);
        append_line(out, decoded, style_);
        out += '\n';
        if (tree_)
            append_tree(out, decoded, style_);
        if (hex_)
            append_hex_dump(out, decoded.record.bytes);
    }
    void skipped(std::string&, const Decoded& decoded) override {
        origin_.see(style_, decoded.record);
    }

  private:
    TextStyle style_;
    bool tree_;
    bool hex_;
    TimeOrigin origin_;
};

class JsonLinesView final : public View {
  public:
    void message(std::string& out, const Decoded& decoded) override {
        append_json(out, decoded);
        out += '\n';
    }
};

class JsonArrayView final : public View {
  public:
    void begin(std::string& out) override { out += '['; }
    void message(std::string& out, const Decoded& decoded) override {
        out += separator_;
        separator_ = ",\n";
        append_json(out, decoded);
    }
    void end(std::string& out) override { out += "\n]\n"; }

  private:
    const char* separator_ = "\n";
};

class FieldsView final : public View {
  public:
    explicit FieldsView(FieldTable table) : table_(std::move(table)) {}

    ViewNeeds needs() const override {
        return {.body = (table_.needs() & need_body) != 0,
                .findings = (table_.needs() & need_findings) != 0};
    }
    bool needs_survey() const override { return (table_.needs() & need_survey) != 0; }
    void message(std::string& out, const Decoded& decoded) override {
        table_.append_row(out, decoded);
        out += '\n';
    }

  private:
    FieldTable table_;
};

// The options that do not fit the format, as the start of a sentence; empty if all do.
std::string_view conflict(const ViewOptions& options) {
    if (options.format != ViewFormat::text && (options.tree || options.hex || options.pairs))
        return "-V, -x and --pairs are for -T text";
    if (options.pairs && (options.tree || options.hex))
        return "--pairs prints one line a pair, without -V and -x";
    if (options.format == ViewFormat::fields && options.fields.empty())
        return "-T fields needs at least one -e FIELD";
    if (options.format != ViewFormat::fields && !options.fields.empty())
        return "-e chooses columns of -T fields";
    return {};
}

} // namespace

// https://no-color.org, and terminals that cannot.
bool wants_color(ColorWhen when) {
    if (when != ColorWhen::automatic)
        return when == ColorWhen::always;
    const char* terminal = std::getenv("TERM");
    const bool dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
    return isatty(STDOUT_FILENO) == 1 && !is_set("NO_COLOR") && !dumb;
}

Result<std::unique_ptr<View>> make_view(const ViewOptions& options) {
    if (const auto reason = conflict(options); !reason.empty())
        return fail(Errc::usage, std::string(reason));
    const TextStyle style{.color = wants_color(options.color), .time = options.time};
    switch (options.format) {
    case ViewFormat::json:
        return std::make_unique<JsonArrayView>();
    case ViewFormat::ndjson:
        return std::make_unique<JsonLinesView>();
    case ViewFormat::fields: {
        auto table = FieldTable::choose(options.fields);
        if (!table)
            return tl::unexpected(table.error());
        return std::make_unique<FieldsView>(std::move(*table));
    }
    case ViewFormat::text:
        break;
    }
    if (options.pairs)
        return std::make_unique<PairsView>(style);
    return std::make_unique<TextView>(options, style);
}

} // namespace fusewire

#include "dissector/render/ledger.h"

#include "dissector/escape.h"
#include "dissector/render/json_object.h"
#include "dissector/render/judgement.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace fusewire {

namespace {

constexpr std::size_t shown_fhandle = 16; // bytes of one in a line

struct TypeWord {
    std::uint32_t type;
    const char* word;
};
constexpr TypeWord type_words[] = {
    {0010000, "fifo"},    {0020000, "character"}, {0040000, "directory"}, {0060000, "block"},
    {0100000, "regular"}, {0120000, "symlink"},   {0140000, "socket"}};

Bytes bytes_of(const std::string& text) {
    return std::as_bytes(std::span(text));
}

std::string hex_of(const std::string& bytes) {
    std::string out;
    append_hex(out, bytes_of(bytes));
    return out;
}

std::string short_hex(const std::string& bytes) {
    if (bytes.empty())
        return "none";
    std::string out;
    append_hex(out, bytes_of(bytes).first(std::min(bytes.size(), shown_fhandle)));
    return bytes.size() > shown_fhandle ? out + fmt::format("... ({} bytes)", bytes.size()) : out;
}

// The findings about each node.
using Findings = std::multimap<Ledger::Key, const Judgement*>;

Findings findings_of(const Checker& checker) {
    Findings findings;
    for (const Judgement& judgement : checker.judgements())
        if (judgement.sighting.nodeid != 0)
            findings.emplace(
                Ledger::Key{static_cast<std::uint32_t>(judgement.conn), judgement.sighting.nodeid},
                &judgement);
    return findings;
}

template <class Visit>
void each_finding(const Findings& findings, const NodeEntry& row, Visit visit) {
    const auto [begin, end] =
        findings.equal_range({static_cast<std::uint32_t>(row.conn), row.nodeid});
    for (auto found = begin; found != end; ++found)
        visit(*found->second);
}

class NodesText {
  public:
    NodesText(std::string& out, const Ledger& ledger, const Checker& checker)
        : out_(out), ledger_(ledger), findings_(findings_of(checker)) {}

    void table() {
        for (const auto& [key, row] : ledger_.nodes()) {
            if (conn_ != row.conn)
                head(row.conn);
            line(row);
        }
    }

  private:
    template <class... Arguments>
    void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
    }

    void head(ConnId conn) {
        conn_ = conn;
        add("connection {}\n{:>8} {:<9} {:>8} {:>10} {:>9} {:>9} {:>13} {:<15} path\n",
            static_cast<std::uint32_t>(conn), "nodeid", "type", "ino", "generation", "refs",
            "forgotten", "frames", "state");
    }

    void line(const NodeEntry& row) {
        const char* type = node_type_word(row.type);
        add("{:>8} {:<9} {:>8} {:>10} {:>9} {:>9} {:>13} {:<15} ", row.nodeid,
            type == nullptr ? "?" : type, row.ino,
            row.generations.empty() ? std::string("-")
                                    : fmt::to_string(row.generations.back().value),
            references(row), row.forgotten, fmt::format("{}-{}", row.first_frame, row.last_frame),
            state(row));
        append_escaped(out_, row.paths.empty() ? "?" : row.paths.back().value);
        marks(row);
        out_ += '\n';
        changes(row);
    }

    // The kernel took between so many and so many.
    static std::string references(const NodeEntry& row) {
        return row.accepted == row.sent ? fmt::to_string(row.sent)
                                        : fmt::format("{}-{}", row.accepted, row.sent);
    }

    static std::string state(const NodeEntry& row) {
        if (!row.live())
            return fmt::format("gone in {}", row.forgotten_frame);
        return row.assumed ? "live, not seen" : "live";
    }

    void marks(const NodeEntry& row) {
        std::set<std::string_view> rules;
        each_finding(findings_, row, [&](const Judgement& found) { rules.insert(found.rule->id); });
        for (const std::string_view rule : rules)
            add(" [{}]", rule);
    }

    void changes(const NodeEntry& row) {
        for (const auto& fhandle : row.fhandles)
            add("{:>8}   frame {}: fhandle {}\n", "", fhandle.frame, short_hex(fhandle.value));
        for (std::size_t i = 1; i < row.generations.size(); ++i)
            add("{:>8}   frame {}: generation {}, was {}\n", "", row.generations[i].frame,
                row.generations[i].value, row.generations[i - 1].value);
        for (std::size_t i = 1; i < row.paths.size(); ++i) {
            add("{:>8}   frame {}: was ", "", row.paths[i].frame);
            append_escaped(out_, row.paths[i - 1].value);
            out_ += '\n';
        }
    }

    std::string& out_;
    const Ledger& ledger_;
    Findings findings_;
    std::optional<ConnId> conn_;
};

template <class Values, class Append>
void append_since(std::string& out, const Values& values, std::string_view name, Append append) {
    JsonArray array(out);
    for (const auto& one : values) {
        JsonObject object(array.element());
        append(object, name, one.value);
        object.number("frame", one.frame);
        object.close();
    }
    array.close();
}

void append_fhandle(JsonObject& object, std::string_view name, const std::string& bytes) {
    if (bytes.empty())
        object.null(name);
    else
        object.text(name, hex_of(bytes));
}

void append_node(std::string& out, const NodeEntry& row, const Findings& findings) {
    JsonObject object(out);
    object.number("conn", static_cast<std::uint32_t>(row.conn));
    object.number("nodeid", row.nodeid);
    object.text("path", row.paths.empty() ? "?" : row.paths.back().value);
    append_since(object.key("paths"), row.paths, "path",
                 [](JsonObject& at, std::string_view name, const std::string& path) {
                     at.text(name, path);
                 });
    if (const char* word = node_type_word(row.type))
        object.text("type", word);
    else
        object.null("type");
    object.number_or_null("ino", row.ino);
    if (row.generations.empty())
        object.null("generation");
    else
        object.number("generation", row.generations.back().value);
    append_since(
        object.key("generations"), row.generations, "generation",
        [](JsonObject& at, std::string_view name, std::uint64_t value) { at.number(name, value); });
    append_fhandle(object, "fhandle", row.fhandles.empty() ? "" : row.fhandles.back().value);
    append_since(object.key("fhandles"), row.fhandles, "fhandle", append_fhandle);
    JsonObject references(object.key("references"));
    references.number("sent", row.sent);
    references.number("accepted", row.accepted);
    references.number("forgotten", row.forgotten);
    references.close();
    object.number("first_frame", row.first_frame);
    object.number("last_frame", row.last_frame);
    object.boolean("live", row.live());
    object.number_or_null("forgotten_frame", row.forgotten_frame);
    object.boolean("assumed", row.assumed);
    JsonArray found(object.key("findings"));
    each_finding(findings, row, [&](const Judgement& one) { append_json(found.element(), one); });
    found.close();
    object.close();
}

void append_fhandle_entry(std::string& out, const FhandleEntry& row) {
    JsonObject object(out);
    object.number("conn", static_cast<std::uint32_t>(row.conn));
    object.text("fhandle", hex_of(row.bytes));
    object.number("size", row.bytes.size());
    JsonArray bearers(object.key("nodes"));
    for (const FhandleBearer& bearer : row.bearers) {
        JsonObject one(bearers.element());
        one.number("nodeid", bearer.nodeid);
        one.number("generation", bearer.generation);
        one.number("first_frame", bearer.first_frame);
        one.number_or_null("last_frame", bearer.last_frame);
        one.close();
    }
    bearers.close();
    object.number("more_nodes", row.more_bearers);
    object.number("returned", row.returned);
    object.number("sent", row.sent);
    object.number("first_frame", row.first_frame);
    object.number("last_frame", row.last_frame);
    object.boolean("live", row.live());
    object.close();
}

template <class Rows, class Append>
void append_ledger(std::string& out, std::string_view name, const Rows& rows, const Ledger& ledger,
                   const Checker& checker, Append append) {
    JsonObject object(out);
    JsonArray array(object.key(name));
    for (const auto& [key, row] : rows)
        append(array.element() += '\n', row);
    array.close();
    object.number("dropped", ledger.dropped());
    object.number("messages", checker.messages());
    object.number("lost", checker.lost());
    object.close();
    out += '\n';
}

void append_what_is_missing(std::string& out, const Ledger& ledger, const Checker& checker) {
    if (ledger.dropped() > 0)
        fmt::format_to(std::back_inserter(out), "{} more that were too many to be kept\n",
                       ledger.dropped());
    if (checker.lost() > 0)
        fmt::format_to(std::back_inserter(out),
                       "{} messages lost: references may be more and fewer than these\n",
                       checker.lost());
}

} // namespace

const char* node_type_word(std::uint32_t type) {
    const auto* found = std::ranges::find(type_words, type, &TypeWord::type);
    return found == std::end(type_words) ? nullptr : found->word;
}

void append_nodes_text(std::string& out, const Ledger& ledger, const Checker& checker) {
    NodesText(out, ledger, checker).table();
    append_what_is_missing(out, ledger, checker);
}

void append_nodes_json(std::string& out, const Ledger& ledger, const Checker& checker) {
    const Findings findings = findings_of(checker);
    append_ledger(out, "nodes", ledger.nodes(), ledger, checker,
                  [&](std::string& to, const NodeEntry& row) { append_node(to, row, findings); });
}

void append_fhandles_text(std::string& out, const Ledger& ledger, const Checker& checker) {
    const auto end = std::back_inserter(out);
    for (const auto& [key, row] : ledger.fhandles()) {
        fmt::format_to(end, "{} ({} bytes), connection {}: {}, returned {} times, sent {} times\n",
                       hex_of(row.bytes), row.bytes.size(), static_cast<std::uint32_t>(row.conn),
                       row.live() ? "live" : "gone", row.returned, row.sent);
        for (const FhandleBearer& bearer : row.bearers) {
            fmt::format_to(end, "  nodeid {} generation {}: frames {}-", bearer.nodeid,
                           bearer.generation, bearer.first_frame);
            out += bearer.last_frame == 0 ? "" : fmt::to_string(bearer.last_frame);
            if (const auto node = ledger.nodes().find({key.first, bearer.nodeid});
                node != ledger.nodes().end() && !node->second.paths.empty()) {
                out += ' ';
                append_escaped(out, node->second.paths.back().value);
            }
            out += '\n';
        }
        if (row.more_bearers > 0)
            fmt::format_to(end, "  and {} more nodes\n", row.more_bearers);
    }
    append_what_is_missing(out, ledger, checker);
}

void append_fhandles_json(std::string& out, const Ledger& ledger, const Checker& checker) {
    append_ledger(out, "fhandles", ledger.fhandles(), ledger, checker, append_fhandle_entry);
}

} // namespace fusewire

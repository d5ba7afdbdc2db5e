#include "samples/builder/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "samples/builder/numbers.h"

namespace fusewire::samples {

namespace {

constexpr std::int64_t sample_epoch = 1772020800'000000000; // 2026-02-25 12:00:00 UTC
constexpr std::int64_t default_step = 10'000;
constexpr std::uint32_t default_conn = 61;
constexpr std::size_t max_records = 1'000'000;
constexpr std::size_t max_include_depth = 16;
constexpr std::uint32_t init_number = 26;
constexpr std::uint32_t notify_retrieve_code = 5;

template <class T>
struct Named {
    std::string_view name;
    T value;
};

template <class T, std::size_t N>
const T* find(const Named<T> (&rows)[N], std::string_view name) {
    for (const Named<T>& row : rows)
        if (row.name == name)
            return &row.value;
    return nullptr;
}

template <class T, std::size_t N>
std::vector<std::string> names_of(const Named<T> (&rows)[N]) {
    std::vector<std::string> names;
    for (const Named<T>& row : rows)
        names.emplace_back(row.name);
    return names;
}

std::optional<std::string> contents(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return std::nullopt;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// Takes `name=…` out of the assignments; nullopt when it is not among them.
std::optional<Assignment> taken(std::vector<Assignment>& assignments, std::string_view name) {
    const auto found =
        std::find_if(assignments.begin(), assignments.end(), [&](const Assignment& one) {
            return one.path.size() == 1 && one.path.front() == name;
        });
    if (found == assignments.end())
        return std::nullopt;
    Assignment out = *found;
    assignments.erase(found);
    return out;
}

} // namespace

void Script::run(std::string_view text, const std::string& file, const std::string& name) {
    state_.next_time = sample_epoch;
    state_.step = default_step;
    state_.conn = default_conn;
    state_.caller = {.nodeid = 1, .uid = 1000, .gid = 1000, .pid = 4242};
    state_.record.header.transport = Transport::read_write;
    state_.sample.name = name;
    state_.sample.description = first_comment(text);
    auto tokens = std::make_shared<const std::vector<Token>>(tokenise(text, file, complaint_));
    statements({tokens, 0, tokens->size() - 1}, globals_);
}

std::vector<Sample> Script::take_samples() {
    if (sections_.empty())
        sections_.push_back(std::move(state_.sample));
    return std::move(sections_);
}

void Script::statements(Range range, Scope& scope) {
    Parser parser(range, scope, complaint_);
    for (parser.skip_lines(); !parser.at_end(); parser.skip_lines())
        statement(parser);
}

void Script::statement(Parser& parser) {
    parser.begin_statement();
    take_time(parser);
    if (parser.peek().kind == TokenKind::call)
        parser.call([&](Range range, Scope& inner) { statements(range, inner); });
    else if (!keyword(parser))
        message(parser);
    parser.end_of_statement();
}

bool Script::keyword(Parser& parser) {
    using Statement = void (Script::*)(Parser&);
    static constexpr Named<Statement> known[] = {
        {"dialect", &Script::dialect},
        {"order", &Script::order},
        {"minor", &Script::minor},
        {"conn", &Script::connection},
        {"caller", &Script::caller},
        {"record", &Script::record_defaults},
        {"step", &Script::step},
        {"include", &Script::include},
        {"set", &Script::set},
        {"macro", &Script::macro},
        {"repeat", &Script::repeat},
        {"sample", &Script::section},
        {"expect", &Script::expect},
        {"also", &Script::also},
        {"near", &Script::near},
        {"loss", &Script::loss},
        {"write_result", &Script::write_result},
    };
    const Token& first = parser.peek();
    const std::string_view word = first.text;
    if (first.is('[') || word == ">" || word == "<" || word == "!")
        return false;
    const Statement* statement = find(known, word);
    if (first.kind != TokenKind::word || statement == nullptr) {
        complaint_.say(first.place,
                       fmt::format("expected \">\", \"<\", \"!\" or a statement, found \"{}\"{}",
                                   word, did_you_mean(word, names_of(known))));
        return true;
    }
    parser.take();
    (this->**statement)(parser);
    return true;
}

void Script::dialect(Parser& parser) {
    const Token name = parser.cooked("a dialect's name");
    if (!parse_dialect(name.text, state_.dialect)) {
        std::vector<std::string> names;
        for (int i = 0; i < dialect_count; ++i)
            names.emplace_back(spelling(static_cast<DialectName>(i)));
        complaint_.say(name.place, fmt::format("no dialect \"{}\"{}", name.text,
                                               did_you_mean(name.text, names)));
    }
    if (const auto known = state_.connections.find(state_.conn); known != state_.connections.end())
        known->second.dialect = state_.dialect;
}

void Script::order(Parser& parser) {
    const Token name = parser.cooked("little or big");
    if (name.text != "little" && name.text != "big")
        complaint_.say(name.place, "order is little or big");
    state_.meaning.order = name.text == "big" ? ByteOrder::big : ByteOrder::little;
}

void Script::minor(Parser& parser) {
    here().minor = parser.number("the negotiated minor").value_or(0);
}

void Script::connection(Parser& parser) {
    state_.conn = static_cast<std::uint32_t>(parser.number("the connection's number").value_or(0));
    std::vector<Assignment> assignments;
    parser.assignments(assignments, false);
    ConnectionState& connection = here();
    if (!assignments.empty() && connection.described)
        complaint_.say(assignments.front().place, "this connection has records already");
    for (const Assignment& assignment : assignments)
        assign_connection(connection.about, assignment, complaint_);
    // What is known without INIT decides layouts as INIT would.
    if (connection.about.minor != 0) {
        connection.minor = connection.about.minor;
        connection.flags = connection.about.init_flags;
    }
}

void Script::caller(Parser& parser) {
    std::vector<Assignment> assignments;
    parser.assignments(assignments, false);
    for (const Assignment& assignment : assignments) {
        if (assignment.name() == "uid")
            state_.caller.uid = number(assignment);
        else if (assignment.name() == "gid")
            state_.caller.gid = number(assignment);
        else if (assignment.name() == "pid")
            state_.caller.pid = number(assignment);
        else
            complaint_.say(assignment.place, "a caller has uid, gid and pid");
    }
}

void Script::record_defaults(Parser& parser) {
    std::vector<Assignment> assignments;
    parser.assignments(assignments, false);
    for (const Assignment& assignment : assignments)
        state_.record.assign(assignment, complaint_);
}

void Script::step(Parser& parser) {
    const Token word = parser.cooked("a duration");
    const auto duration = duration_of(word.text);
    if (!duration)
        complaint_.say(word.place, "expected a duration such as 10us");
    state_.step = duration.value_or(0);
}

void Script::include(Parser& parser) {
    const Token name = parser.cooked("a file's name");
    std::vector<std::filesystem::path> folders;
    folders.push_back(std::filesystem::path(*name.place.file).parent_path());
    folders.insert(folders.end(), options_.include_folders.begin(), options_.include_folders.end());
    for (const std::filesystem::path& folder : folders) {
        const std::filesystem::path path = folder / name.text;
        const auto text = contents(path);
        if (!text)
            continue;
        if (++include_depth_ > max_include_depth)
            complaint_.say(name.place, "files include each other without end");
        auto tokens = std::make_shared<const std::vector<Token>>(
            tokenise(*text, path.lexically_normal().string(), complaint_));
        if (!complaint_.failed())
            statements({tokens, 0, tokens->size() - 1}, parser.scope());
        --include_depth_;
        return;
    }
    complaint_.say(name.place, fmt::format("cannot read \"{}\"", name.text));
}

void Script::set(Parser& parser) {
    const std::string name = parser.word("a variable's name");
    parser.expect_mark('=', "after the variable's name");
    parser.scope().set(name, parser.bound_value());
}

void Script::macro(Parser& parser) {
    const std::string name = parser.word("the macro's name");
    Macro macro;
    while (parser.peek().kind == TokenKind::word) {
        Macro::Parameter& parameter = macro.parameters.emplace_back();
        parameter.name = parser.word("a parameter's name");
        parameter.has_default = parser.take_mark('=');
        if (parameter.has_default)
            parameter.value = parser.bound_value();
    }
    macro.body = parser.block("the macro's parameters");
    parser.scope().define(name, std::move(macro));
}

void Script::repeat(Parser& parser) {
    parser.repeat([&](Range range, Scope& inner) { statements(range, inner); });
}

// What came before the section belongs to it as well; what it does is forgotten after it.
void Script::section(Parser& parser) {
    const State before = state_;
    state_.sample.name = parser.word("the sample's name");
    const TokenRange range = parser.block("the sample's name");
    Scope inner(&parser.scope());
    statements(range, inner);
    sections_.push_back(std::move(state_.sample));
    state_ = before;
}

void Script::expect(Parser& parser) {
    expectation(parser, Expectation::Kind::expect);
}

void Script::also(Parser& parser) {
    expectation(parser, Expectation::Kind::also);
}

void Script::near(Parser& parser) {
    expectation(parser, Expectation::Kind::near);
}

void Script::expectation(Parser& parser, Expectation::Kind kind) {
    Expectation one{.rule = parser.word("a rule's id"), .kind = kind};
    one.after = state_.sample.records.size();
    if (parser.peek().kind == TokenKind::string)
        one.reason = parser.word("the reason");
    else if (kind == Expectation::Kind::also)
        complaint_.say(parser.peek().place, "expected the reason in quotes");
    state_.sample.expectations.push_back(std::move(one));
}

void Script::loss(Parser& parser) {
    RecordOptions options = state_.record;
    options.header.lost = parser.number("how many messages were lost").value_or(0);
    options.header.flags |= record_lost_before;
    add(Direction::loss, {}, options);
}

void Script::write_result(Parser& parser) {
    static constexpr Field result{.width = 4, .kind = Kind::error, .name = "result"};
    const Token word = parser.cooked("an errno");
    const Written value{.text = word.text, .place = word.place};
    RecordOptions options = state_.record;
    options.header.result =
        static_cast<std::int32_t>(integer_of(result, value, state_.meaning, complaint_));
    const auto& records = state_.sample.records;
    const auto refused =
        std::find_if(records.rbegin(), records.rend(), [&](const SampleRecord& one) {
            return one.header.direction == Direction::reply &&
                   one.header.conn == ConnId{state_.conn};
        });
    if (refused != records.rend()) { // readers pair the two by the server's thread
        options.header.server_pid = refused->header.server_pid;
        options.header.server_tid = refused->header.server_tid;
        options.header.cpu = refused->header.cpu;
    }
    add(Direction::write_result, {}, options);
}

void Script::take_time(Parser& parser) {
    if (parser.peek().kind != TokenKind::word || !parser.peek().text.starts_with('@'))
        return;
    const Token word = parser.cooked("a time");
    const bool relative = word.text.starts_with("@+");
    const auto duration = duration_of(std::string_view(word.text).substr(relative ? 2 : 1));
    if (!duration)
        complaint_.say(word.place,
                       "expected a time such as @+10us (since the message before) or @2s "
                       "(since the beginning)");
    const std::int64_t last = state_.next_time - state_.step;
    state_.next_time = (relative ? last : sample_epoch) + duration.value_or(0);
}

void Script::take_options(Parser& parser, RecordOptions& options) {
    if (!parser.peek().is('['))
        return;
    std::vector<Assignment> assignments;
    Parser(parser.block("a record's options", '[', ']'), parser.scope(), complaint_)
        .assignments(assignments, true);
    for (const Assignment& assignment : assignments)
        options.assign(assignment, complaint_);
}

std::uint64_t Script::number(const Assignment& assignment) {
    std::string problem;
    const auto value = number_of(assignment.value.text, {}, problem);
    if (!value || assignment.value.form != Written::Form::word)
        complaint_.say(assignment.value.place,
                       fmt::format("\"{}\" takes a number; {}", assignment.name(), problem));
    return value.value_or(0);
}

ConnectionState& Script::here() {
    const auto [at, is_new] = state_.connections.try_emplace(state_.conn);
    if (is_new) {
        at->second.about.conn = ConnId{state_.conn};
        at->second.dialect = state_.dialect;
    }
    return at->second;
}

Encoder Script::encoder() {
    state_.meaning.labels = &state_.labels;
    state_.meaning.dialect = here().dialect;
    return {state_.meaning, here().minor, here().flags, complaint_};
}

void Script::message(Parser& parser) {
    RecordOptions options = state_.record;
    take_options(parser, options);
    const Token sign = parser.cooked("\">\", \"<\" or \"!\"");
    if (sign.text != ">" && sign.text != "<" && sign.text != "!") {
        complaint_.say(
            sign.place,
            fmt::format("expected \">\", \"<\" or \"!\" and a space, found \"{}\"", sign.text));
        return;
    }
    MessageText text = parser.message();
    if (complaint_.failed())
        return;
    if (text.opcode == "raw") {
        const auto bytes = taken(text.assignments, "bytes");
        Octets raw;
        append(raw, bytes ? bytes_of(bytes->value, complaint_) : std::string{});
        if (!text.assignments.empty())
            complaint_.say(text.place, "a raw message takes only bytes=");
        add(sign.text == ">" ? Direction::request : Direction::reply, std::move(raw), options);
    } else if (sign.text == ">") {
        request(text, std::move(options));
    } else if (sign.text == "<") {
        reply(text, std::move(options));
    } else {
        notification(text, std::move(options));
    }
}

void Script::request(MessageText& text, RecordOptions options) {
    ConnectionState& connection = here();
    const auto label = taken(text.assignments, "as");
    if (text.opcode.empty()) {
        complaint_.say(text.place, "expected an opcode");
        return;
    }
    RequestHeader header = state_.caller;
    header.unique = connection.next_unique;
    if (const auto* pending = connection.unanswered({}))
        header.pending = pending->unique;
    if (text.opcode == "NOTIFY_REPLY") // has no id of its own
        header.unique = connection.retrieve_unique;
    Encoder::Encoded encoded = encoder().request(text, header);
    if (complaint_.failed())
        return;
    connection.add_request(encoded);
    if (label)
        state_.labels[label->value.text] = encoded.unique;
    add(Direction::request, std::move(encoded.bytes), options);
}

// By label, by unique, by the opcode's name, or the latest that waits.
ConnectionState::Asked* Script::answered_by(const MessageText& text, const Written* to) {
    static constexpr Field unique{.width = 8, .kind = Kind::unique, .name = "unique"};
    ConnectionState& connection = here();
    if (to != nullptr) {
        const auto label = state_.labels.find(to->text);
        if (label == state_.labels.end())
            complaint_.say(to->place,
                           fmt::format("no request is labelled \"{}\" with as=", to->text));
        return label != state_.labels.end() ? connection.find(label->second) : nullptr;
    }
    for (const Assignment& assignment : text.assignments) {
        if (assignment.name() != "unique" && assignment.name() != "header.unique")
            continue;
        state_.meaning.labels = &state_.labels;
        state_.meaning.dialect = connection.dialect;
        return connection.find(integer_of(unique, assignment.value, state_.meaning, complaint_));
    }
    ConnectionState::Asked* waiting = connection.unanswered(text.opcode);
    if (waiting == nullptr)
        complaint_.say(text.place, fmt::format("no {} waits for a reply; say unique= or to=",
                                               text.opcode.empty() ? "request" : text.opcode));
    return waiting;
}

void Script::reply(MessageText& text, RecordOptions options) {
    const auto to = taken(text.assignments, "to");
    ConnectionState::Asked* asked = answered_by(text, to ? &to->value : nullptr);
    if (complaint_.failed())
        return;
    Encoder::Encoded encoded = encoder().reply(text, asked != nullptr ? &asked->exchange : nullptr,
                                               asked != nullptr ? asked->unique : 0);
    if (asked != nullptr) {
        asked->answered = true;
        if (asked->exchange.outer.number == init_number)
            here().settle(encoded);
    }
    add(Direction::reply, std::move(encoded.bytes), options);
}

void Script::notification(const MessageText& text, RecordOptions options) {
    Encoder::Encoded encoded = encoder().notification(text);
    if (encoded.exchange.outer.number == notify_retrieve_code && encoded.head)
        here().retrieve_unique = encoded.head->value({"notify_unique"});
    add(Direction::reply, std::move(encoded.bytes), options);
}

void Script::add(Direction direction, Octets bytes, const RecordOptions& options) {
    if (state_.sample.records.size() >= max_records)
        complaint_.say({}, fmt::format("more than {} records", max_records));
    if (complaint_.failed())
        return;
    ConnectionState& connection = here();
    if (!connection.described)
        state_.sample.connections.push_back(connection.about);
    connection.described = true;
    if (state_.sample.records.empty())
        state_.sample.dialect = connection.dialect;
    else if (state_.sample.dialect != connection.dialect)
        state_.sample.dialect = DialectName::unknown; // several

    SampleRecord out = options.record(std::move(bytes));
    out.header.direction = direction;
    out.header.conn = connection.about.conn;
    out.header.time_ns = out.header.has_time() ? state_.next_time : 0;
    if (out.header.server_pid == 0)
        out.header.server_pid = connection.about.server_pid;
    if (out.header.message_number == 0)
        out.header.message_number = state_.next_message++;
    state_.next_time += state_.step;
    state_.sample.records.push_back(std::move(out));
}

} // namespace fusewire::samples

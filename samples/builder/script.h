// Script: runs the statements of a text, one after another, and collects the records they stand for.
#pragma once

#include "samples/builder/build.h"
#include "samples/builder/connection_state.h"
#include "samples/builder/parser.h"
#include "samples/builder/record_options.h"

namespace fusewire::samples {

class Script {
  public:
    Script(const BuildOptions& options, Complaint& complaint)
        : options_(options), complaint_(complaint) {}

    // Runs a whole text as the sample `name`; more samples come from its sections.
    void run(std::string_view text, const std::string& file, const std::string& name);
    std::vector<Sample> take_samples();

  private:
    using Range = const TokenRange&;

    struct State {
        Sample sample;
        Meaning meaning;
        DialectName dialect = DialectName::unknown; // of connections not seen yet
        std::map<std::uint32_t, ConnectionState> connections;
        std::uint32_t conn = 0;
        RequestHeader caller;
        RecordOptions record;
        std::map<std::string, std::uint64_t> labels;
        std::int64_t next_time = 0;
        std::int64_t step = 0;
        std::uint64_t next_message = 1;
    };

    void statements(Range range, Scope& scope);
    void statement(Parser& parser);
    bool keyword(Parser& parser);

    void dialect(Parser& parser);
    void order(Parser& parser);
    void minor(Parser& parser);
    void connection(Parser& parser);
    void caller(Parser& parser);
    void record_defaults(Parser& parser);
    void step(Parser& parser);
    void include(Parser& parser);
    void set(Parser& parser);
    void macro(Parser& parser);
    void repeat(Parser& parser);
    void section(Parser& parser);
    void expect(Parser& parser);
    void also(Parser& parser);
    void near(Parser& parser);
    void loss(Parser& parser);
    void write_result(Parser& parser);

    void message(Parser& parser);
    void request(MessageText& text, RecordOptions options);
    void reply(MessageText& text, RecordOptions options);
    void notification(const MessageText& text, RecordOptions options);
    ConnectionState::Asked* answered_by(const MessageText& text, const Written* to);
    void expectation(Parser& parser, Expectation::Kind kind);

    void take_time(Parser& parser);
    void take_options(Parser& parser, RecordOptions& options);
    std::uint64_t number(const Assignment& assignment);
    ConnectionState& here();
    Encoder encoder();
    void add(Direction direction, Octets bytes, const RecordOptions& options);

    const BuildOptions& options_;
    Complaint& complaint_;
    State state_;
    Scope globals_;
    std::vector<Sample> sections_;
    std::size_t include_depth_ = 0;
};

} // namespace fusewire::samples

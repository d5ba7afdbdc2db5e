// Runs a Checker over a whole capture, for the commands that need no more than what it found: two
// passes over a file, so that dialects and pairs are known from the first message on, one over a
// pipe.
#pragma once

#include "capture/source.h"
#include "dissector/checker.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace fusewire {

struct CheckInput {
    std::string file;
    std::optional<DialectName> dialect;
};

class CheckPass {
  public:
    // Called for each message once the checker has seen it.
    using Observer = std::function<void(const Record&, const Message&, const Exchange&)>;

    [[nodiscard]] static Result<CheckPass> open(const CheckInput& input);

    // Reads until the end, an error or a signal; what was seen until then is judged all the same.
    void run(const Observer& observe = {});

    const Checker& checker() const { return *checker_; }

    // Says on standard error what was wrong with the input; returns `done`, or the code of an error.
    int finish(int done) const;

  private:
    CheckPass(const CheckInput& input, std::unique_ptr<RecordSource> source)
        : input_(input), source_(std::move(source)) {}
    void survey();

    CheckInput input_;
    std::unique_ptr<RecordSource> source_;
    std::unique_ptr<Survey> survey_; // the checker refers to it
    std::unique_ptr<Checker> checker_;
    std::optional<Error> error_;
};

} // namespace fusewire

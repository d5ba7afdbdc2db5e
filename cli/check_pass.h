// Runs a Checker over a whole capture, for the commands that need no more than what it found. A file
// whose dialect only shows in the midst of it is read again, so that it is known from the first
// message on.
#pragma once

#include "capture/source.h"
#include "dissector/ledger.h"

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
    [[nodiscard]] static Result<CheckPass> open(const CheckInput& input);

    // Reads until the end, an error or a signal; what was seen until then is judged all the same.
    // `ledger` is kept too, unless it is null.
    void run(Ledger* ledger = nullptr);

    const Checker& checker() const { return *checker_; }

    // Says on standard error what was wrong with the input; returns `done`, or the code of an error.
    int finish(int done) const;

  private:
    CheckPass(const CheckInput& input, std::unique_ptr<RecordSource> source)
        : input_(input), source_(std::move(source)) {}
    void check(Ledger* ledger);
    bool read_again();

    CheckInput input_;
    std::unique_ptr<RecordSource> source_;
    std::unique_ptr<Survey> survey_; // of the first pass; the checker of the second refers to it
    std::unique_ptr<Checker> checker_;
    std::optional<Error> error_;
};

} // namespace fusewire

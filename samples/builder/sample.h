// Sample: a small capture made from text (docs in samples/README.md), in memory. It can be read like
// any capture, and written as one.
#pragma once

#include "capture/source.h"
#include "dissector/dialect.h"

#include "samples/builder/octets.h"

namespace fusewire::samples {

struct SampleRecord {
    Record header; // all but bytes and comment
    Octets bytes;
    std::string comment;

    // Valid as long as this object.
    Record view() const {
        Record record = header;
        record.bytes = bytes;
        record.comment = comment;
        return record;
    }
};

// What the text says of the rules: that its capture fires this one ("expect"), that it fires it beside
// the expected one ("also"), or that it comes close to firing it and does not ("near").
struct Expectation {
    enum class Kind { expect, also, near };
    std::string rule;
    Kind kind = Kind::expect;
    std::string reason;
    std::size_t after = 0; // records before the statement; the last of them is what is wrong
};

struct Sample {
    std::string name;
    std::string description;                    // the comment that the text begins with
    DialectName dialect = DialectName::unknown; // also where connections differ
    std::vector<Connection> connections;
    std::vector<SampleRecord> records;
    std::vector<Expectation> expectations;
};

// Reads a sample that outlives it.
class SampleSource final : public RecordSource {
  public:
    explicit SampleSource(const Sample& sample) : sample_(sample) {}

    Result<bool> next(Record& record) override;
    const std::vector<Connection>& connections() const override { return sample_.connections; }
    bool rewindable() const override { return true; }
    Result<void> rewind() override;
    const std::vector<std::string>& warnings() const override { return warnings_; }

  private:
    const Sample& sample_;
    std::size_t at_ = 0;
    std::vector<std::string> warnings_;
};

// As `fusewire import --from raw` reads it: {u8 direction, 3 zero bytes, u32 length, u64 ns, bytes},
// little-endian. Records without bytes and the marks of cut ones cannot be told in it.
std::string as_raw(const Sample& sample);

} // namespace fusewire::samples

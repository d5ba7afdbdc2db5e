// Shows records on standard output through a view: decodes each one and introduces each connection
// before its first message.
#pragma once

#include "capture/source.h"
#include "cli/output.h"
#include "cli/view.h"

#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace fusewire {

class MessagePrinter {
  public:
    explicit MessagePrinter(std::unique_ptr<View> view);

    void begin() { view_->begin(out_.text()); }
    // `decoded` is what the session has just seen.
    void print(const JudgedSession& session, const RecordSource& source, const Decoded& decoded);
    // A message that the display filter leaves out.
    void skip(const Decoded& decoded) { view_->skipped(out_.text(), decoded); }
    // Errc::io if standard output could not be written; a closed pipe is no error.
    [[nodiscard]] Result<void> end();

    void flush() { out_.flush(); }
    // False once nobody reads any more or writing failed.
    bool open() const { return out_.open(); }
    const View& view() const { return *view_; }

  private:
    void introduce(const RecordSource& source, ConnId conn);
    void introduce_again(const RecordSource& source);
    void say_dialect(const Session& session, ConnId conn);

    std::unique_ptr<View> view_;
    Output out_;
    std::unordered_set<std::uint32_t> introduced_;
    std::size_t revised_ = 0; // of the source's revised()
    std::optional<ConnId> last_conn_;
    struct Spoken {
        DialectName name;
        const Recognition* reason;
        bool operator==(const Spoken&) const = default;
    };
    std::unordered_map<std::uint32_t, Spoken> spoken_; // what was said of each connection
};

} // namespace fusewire

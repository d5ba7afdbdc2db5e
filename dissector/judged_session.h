// JudgedSession: makes of records what views are given, with their findings where these are shown. A
// file is run through one first, so that in the second pass the first message already has its reply,
// its final dialect, and what only later messages tell about it.
#pragma once

#include "dissector/checker.h"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace fusewire {

// What a view shows beside the headers.
struct ViewNeeds {
    bool body = true;
    bool findings = true; // these need bodies too
};

// What one pass over the records learnt for the next.
struct FirstPass {
    Survey survey;
    // By the frame that they are about: findings that come from later messages, or from the end. No
    // more than Checker::kept_findings.
    std::unordered_map<std::uint64_t, std::vector<Judgement>> findings;
};

class JudgedSession {
  public:
    // With `known`, a second pass over the same records.
    explicit JudgedSession(ViewNeeds needs, const FirstPass* known = nullptr);
    JudgedSession(const JudgedSession&) = delete;
    JudgedSession& operator=(const JudgedSession&) = delete;

    void force_dialect(DialectName name);
    // Makes this the first pass.
    void keep_first_pass();

    // What is returned refers to this session and to the record, and is true until the next call.
    // Without an earlier pass its findings are those known so far, which can be about earlier frames.
    Decoded see(const Record& record);

    const Session& session() const { return checker_ ? checker_->session() : *session_; }

    // Null where nothing needs one.
    const Checker* checker() const { return checker_ ? &*checker_ : nullptr; }

    // After the last record of a first pass; ends this session.
    FirstPass first_pass();

  private:
    void gather(std::uint64_t frame);
    void keep_others(std::uint64_t frame);

    ViewNeeds needs_;
    const FirstPass* known_;
    bool keeps_ = false;
    std::optional<Session> session_; // one of the two
    std::optional<Checker> checker_;
    Message message_;
    Exchange exchange_;
    std::vector<const Judgement*> shown_;
    FirstPass learnt_;
    std::size_t kept_ = 0;
};

} // namespace fusewire

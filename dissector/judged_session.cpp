#include "dissector/judged_session.h"

#include <utility>

namespace fusewire {

JudgedSession::JudgedSession(ViewNeeds needs, const FirstPass* known)
    : needs_(needs), known_(known) {
    const Survey* survey = known == nullptr ? nullptr : &known->survey;
    if (needs.findings)
        checker_.emplace(survey).keep_latest();
    else
        session_.emplace(survey);
}

void JudgedSession::force_dialect(DialectName name) {
    if (checker_)
        checker_->force_dialect(name);
    else
        session_->force_dialect(name);
}

void JudgedSession::keep_first_pass() {
    keeps_ = true;
    if (checker_)
        checker_->keep_survey();
    else
        session_->keep_survey();
}

Decoded JudgedSession::see(const Record& record) {
    if (session_) {
        session_->see(record, message_, exchange_, needs_.body);
        return {record, message_, exchange_};
    }
    checker_->see(record, message_, exchange_);
    if (keeps_)
        keep_others(record.frame);
    gather(record.frame);
    const Verdict& verdict = checker_->verdict();
    return {record, message_,          exchange_,
            shown_, checker_->statx(), verdict.row != nullptr ? &verdict : nullptr};
}

void JudgedSession::gather(std::uint64_t frame) {
    shown_.clear();
    for (const Judgement& judgement : checker_->latest())
        if (known_ == nullptr || judgement.frame == frame)
            shown_.push_back(&judgement);
    if (known_ == nullptr)
        return;
    if (const auto later = known_->findings.find(frame); later != known_->findings.end())
        for (const Judgement& judgement : later->second)
            shown_.push_back(&judgement);
}

void JudgedSession::keep_others(std::uint64_t frame) {
    for (const Judgement& judgement : checker_->latest())
        if (judgement.frame != frame && kept_ < Checker::kept_findings) {
            learnt_.findings[judgement.frame].push_back(judgement);
            ++kept_;
        }
}

FirstPass JudgedSession::first_pass() {
    constexpr std::uint64_t no_frame = 0; // nothing that the end tells is shown by see()
    if (checker_) {
        checker_->finish();
        keep_others(no_frame);
    }
    learnt_.survey = session().survey();
    return std::move(learnt_);
}

} // namespace fusewire

// Findings put together: by rule, worst first, and by the frame that they are about.
#include "dissector/judged_session.h"
#include "dissector/report.h"
#include "tests/dissector/records.h"

#include <gtest/gtest.h>

namespace fusewire {
namespace {

using testing::record_of;
using testing::request;
using testing::Wire;

constexpr std::uint32_t lookup = 1, forget = 2, getattr = 3;

// A node that nobody introduced (a note, since INIT is not there), then errors of form.
std::vector<Wire> requests() {
    return {request(getattr, 2, 9, Wire().zeros(16)), request(lookup, 4, 1, Wire().name("")),
            request(forget, 0, 1, Wire().u64(0)), request(getattr, 6, 1, Wire().zeros(8)),
            request(lookup, 8, 1, Wire().text("open"))};
}

void check(Checker& checker) {
    Message message;
    Exchange exchange;
    std::uint64_t frame = 0;
    for (const Wire& wire : requests())
        checker.see(record_of(wire, Direction::request, 0, ++frame), message, exchange);
    checker.finish();
}

TEST(Report, GroupsAreByRuleAndTheWorstComeFirst) {
    Checker checker;
    check(checker);
    const CheckReport report = report_of(checker, Severity::note);
    ASSERT_GE(report.groups.size(), 3u);
    for (std::size_t i = 1; i < report.groups.size(); ++i) {
        EXPECT_GE(report.groups[i - 1].severity, report.groups[i].severity);
        EXPECT_NE(report.groups[i - 1].rule, report.groups[i].rule);
    }
    for (const FindingGroup& group : report.groups) {
        EXPECT_EQ(group.severity, group.judgements.front()->severity);
        EXPECT_GE(group.count, group.judgements.size());
        EXPECT_EQ(find_rule(group.rule->id), group.rule);
    }
    EXPECT_EQ(report.messages, requests().size());
}

TEST(Report, MilderFindingsAreOnlyCounted) {
    Checker checker;
    check(checker);
    const CheckReport all = report_of(checker, Severity::note);
    const CheckReport errors = report_of(checker, Severity::error);
    EXPECT_EQ(all.counts, errors.counts);
    EXPECT_GT(all.count(Severity::note), 0u); // no INIT
    EXPECT_LT(errors.groups.size(), all.groups.size());
    for (const FindingGroup& group : errors.groups)
        for (const Judgement* judgement : group.judgements)
            EXPECT_EQ(judgement->severity, Severity::error);
}

TEST(Report, ConnectionsSayWhetherTheirBeginningWasSeen) {
    Checker checker;
    check(checker);
    const CheckReport report = report_of(checker, Severity::error);
    ASSERT_EQ(report.connections.size(), 1u);
    EXPECT_FALSE(report.connections.front().init_seen);
    EXPECT_FALSE(report.connections.front().gap);
}

TEST(JudgedSession, EveryMessageBearsItsOwnFindings) {
    JudgedSession first({});
    first.keep_first_pass();
    std::uint64_t frame = 0;
    for (const Wire& wire : requests())
        first.see(record_of(wire, Direction::request, 0, ++frame));
    const FirstPass known = first.first_pass();
    JudgedSession second({}, &known);
    frame = 0;
    std::size_t found = 0;
    for (const Wire& wire : requests()) {
        const Record record = record_of(wire, Direction::request, 0, ++frame);
        for (const Judgement* judgement : second.see(record).findings) {
            EXPECT_EQ(judgement->frame, frame);
            EXPECT_EQ(judgement->count, 1u);
            ++found;
        }
    }
    EXPECT_GE(found, 4u);
}

TEST(JudgedSession, FindsNothingWhereNothingIsShown) {
    JudgedSession session({.body = true, .findings = false});
    const Wire wire = request(getattr, 6, 1, Wire().zeros(8));
    EXPECT_TRUE(session.see(record_of(wire, Direction::request, 0, 1)).findings.empty());
}

} // namespace
} // namespace fusewire

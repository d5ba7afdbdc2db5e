// The timelines of every node and fhandle of the samples tell what the ledger counts.
#include "capture/source.h"
#include "dissector/ledger.h"
#include "dissector/render/text.h"
#include "dissector/timeline.h"
#include "tests/samples/sample_files.h"

#include <gtest/gtest.h>

namespace fusewire::samples {
namespace {

void describe_message(std::string& out, const Message& message) {
    append_request(out, message, {});
}

// What a reader of the capture gathers; the timelines are those of all that the ledger knows.
struct Gathered {
    Checker checker;
    Ledger ledger;
    std::vector<std::unique_ptr<Timeline>> timelines;
};

void run(const std::filesystem::path& path, Gathered& gathered) {
    auto source = open_capture(path.string());
    ASSERT_TRUE(source) << source.error().message;
    gathered.checker.keep_latest();
    Record record;
    Message message;
    Exchange exchange;
    while (true) {
        const auto more = (*source)->next(record);
        if (!more || !*more)
            break;
        gathered.checker.see(record, message, exchange);
        gathered.ledger.see(record, message, exchange, gathered.checker);
        for (const auto& timeline : gathered.timelines)
            timeline->see(record, message, exchange, gathered.checker);
    }
    gathered.checker.finish();
    for (const auto& timeline : gathered.timelines)
        timeline->finish(gathered.checker);
}

using Kinds = std::vector<TimelineKind>;

std::uint64_t count(const Timeline& timeline, const Kinds& kinds) {
    std::uint64_t sum = 0;
    for (const TimelineEvent& event : timeline.events())
        if (std::ranges::find(kinds, event.kind) != kinds.end())
            sum += event.count;
    return sum;
}

std::uint64_t count_taken(const Timeline& timeline, const Kinds& kinds) {
    std::uint64_t sum = 0;
    for (const TimelineEvent& event : timeline.events())
        if (std::ranges::find(kinds, event.kind) != kinds.end() && !event.refused)
            sum += event.count;
    return sum;
}

void expect_the_same(const Gathered& gathered) {
    for (const auto& timeline : gathered.timelines) {
        const TimelineSubject& subject = timeline->subject();
        const auto conn = static_cast<std::uint32_t>(subject.conn);
        SCOPED_TRACE(subject.is_fhandle() ? "fhandle" : std::to_string(subject.nodeid));
        EXPECT_TRUE(std::ranges::is_sorted(timeline->events(), {}, &TimelineEvent::frame));
        if (subject.is_fhandle()) {
            const FhandleEntry& row = gathered.ledger.fhandles().at({conn, subject.fhandle});
            EXPECT_EQ(count_taken(*timeline, {TimelineKind::borne, TimelineKind::returned}),
                      row.returned);
            EXPECT_EQ(row.live(), timeline->events().back().sent > 0);
            continue;
        }
        const NodeEntry& row = gathered.ledger.nodes().at({conn, subject.nodeid});
        // The ledger does not count what was sent for a node that the kernel never had.
        EXPECT_GE(count(*timeline, {TimelineKind::introduced, TimelineKind::looked_up}), row.sent);
        EXPECT_EQ(count_taken(*timeline, {TimelineKind::introduced, TimelineKind::looked_up}),
                  row.accepted);
    }
}

// Each finding about a node is in the node's timeline.
void expect_findings(const Gathered& gathered) {
    for (const Judgement& found : gathered.checker.judgements())
        for (const auto& timeline : gathered.timelines) {
            const TimelineSubject& subject = timeline->subject();
            if (subject.is_fhandle() || subject.conn != found.conn ||
                subject.nodeid != found.sighting.nodeid || subject.nodeid == 0)
                continue;
            bool shown = false;
            for (const TimelineEvent& event : timeline->events())
                for (const TimelineFinding& one : event.findings)
                    shown = shown || one.rule == found.rule;
            EXPECT_TRUE(shown) << found.rule->id << " in frame " << found.frame;
        }
}

TEST(Timelines, TellWhatTheLedgerCounts) {
    std::size_t timelines = 0, events = 0;
    for (const auto& file : std::filesystem::recursive_directory_iterator(samples_folder())) {
        if (file.path().extension() != ".pcapng")
            continue;
        SCOPED_TRACE(file.path().filename().string());
        Gathered first;
        run(file.path(), first);
        Gathered second;
        for (const auto& [key, row] : first.ledger.nodes())
            second.timelines.push_back(make_node_timeline(row.conn, row.nodeid, describe_message));
        for (const auto& [key, row] : first.ledger.fhandles())
            second.timelines.push_back(
                make_fhandle_timeline(row.conn, row.bytes, describe_message));
        run(file.path(), second);
        expect_the_same(second);
        expect_findings(second);
        timelines += second.timelines.size();
        for (const auto& timeline : second.timelines)
            events += timeline->events().size();
    }
    EXPECT_GT(timelines, 100u);
    EXPECT_GT(events, 1000u);
}

} // namespace
} // namespace fusewire::samples

#include "dissector/verdict.h"

#include "dissector/verdicts/row.h"

#include <array>
#include <set>

namespace fusewire {

namespace {

using namespace verdict_errno;

constexpr std::array<std::string_view, outcome_count> spellings = {
    "accepted",     "fields-ignored", "negative", "caller-error", "refused",
    "refused-kept", "unmatched",      "dropped",  "inode-bad",    "warning",
    "unsupported",  "disclosure",     "crash"};

constexpr std::size_t slots = 64;

std::size_t slot(Op op) {
    const auto number = static_cast<std::uint32_t>(op);
    return number < slots ? number : 0;
}

bool is_tried(When when, bool failed) {
    return when == When::always || (when == When::failed) == failed;
}

// The rows for replies, by operation and by whether the reply has an error.
class AnswerRows {
  public:
    using Row = const VerdictCheck<Answer>*;

    AnswerRows() {
        for (const VerdictFamily* family : verdicts::families)
            for (const VerdictCheck<Answer>& check : family->answers)
                for (std::size_t op = 0; op < slots; ++op)
                    for (const bool failed : {false, true})
                        if ((check.only >> op & 1) != 0 && is_tried(check.when, failed))
                            rows_[op][failed].push_back(&check);
    }
    const std::vector<Row>& of(Op op, bool failed) const { return rows_[slot(op)][failed]; }

  private:
    std::array<std::array<std::vector<Row>, 2>, slots> rows_;
};

template <class Rows, class Subject>
const VerdictRow* first_that_holds(const Rows& rows, const Subject& subject, DialectSet dialect) {
    for (const auto& item : rows) {
        const auto& check = *item;
        if ((check.row.dialects & dialect) != 0 && check.holds(subject))
            return &check.row;
    }
    return nullptr;
}

template <class Subject>
std::vector<const VerdictCheck<Subject>*>
gathered(std::span<const VerdictCheck<Subject>> VerdictFamily::*table) {
    std::vector<const VerdictCheck<Subject>*> rows;
    for (const VerdictFamily* family : verdicts::families)
        for (const VerdictCheck<Subject>& check : family->*table)
            rows.push_back(&check);
    return rows;
}

// Who hears of an error that ends a request. Most operations have a caller who waits; for the others
// the kernel keeps it to itself, or asks again.
struct Hearer {
    OpSet only;
    bool (*is)(const Answer& answer, std::int32_t error);
    std::int32_t hears;
};

bool always(const Answer&, std::int32_t) {
    return true;
}
// All but these two make the kernel drop the name and look it up again (fuse_dentry_revalidate()).
bool asks_again(const Answer& answer, std::int32_t error) {
    return error != enomem && error != eintr && answer.revalidates();
}
bool is_written_back(const Answer& answer, std::int32_t) {
    constexpr std::uint64_t write_cache = 1; // FUSE_WRITE_CACHE
    return (answer.asked.number("write_flags").value_or(0) & write_cache) != 0;
}
// Readahead swallows errors, and the page is then read once more.
bool is_cached_read(const Answer& answer, std::int32_t) {
    constexpr std::uint32_t direct_io = 1; // FOPEN_DIRECT_IO
    const OpenFile* file = answer.state().find(
        {FhSpace::file, answer.asked.number("fh").value_or(0), answer.asked.nodeid()});
    return file == nullptr || (file->fopen & direct_io) == 0;
}
// The kernel reads these for itself too.
bool is_internal_xattr(const Answer& answer, std::int32_t) {
    const std::string_view name = answer.asked.text("name");
    return name.starts_with("security.") || name.starts_with("system.");
}

constexpr Hearer hearers[] = {
    {ops(Op::release, Op::releasedir, Op::destroy), always, 0},
    {ops(Op::poll), always, 0}, // it sees POLLERR
    {ops(Op::init), always, econnrefused},
    {ops(Op::lookup, Op::lookup_handle, Op::compound), asks_again, VerdictRow::undefined},
    {ops(Op::write), is_written_back, VerdictRow::undefined},
    {ops(Op::read), is_cached_read, VerdictRow::undefined},
    {ops(Op::getxattr), is_internal_xattr, VerdictRow::undefined},
};

std::int32_t heard(const Answer& answer, std::int32_t error) {
    const OpSet op = op_bit(answer.asked.op());
    for (const Hearer& hearer : hearers)
        if ((hearer.only & op) != 0 && hearer.is(answer, error))
            return hearer.hears;
    return error;
}

// The error in the reply: of its header, of the first sub-reply that failed, or ioctl(2)'s own.
std::int32_t sent_error(const Answer& answer) {
    if (answer.error() != 0)
        return -answer.error();
    if (const auto failed = answer.failed())
        return -answer.event.message.subs[*failed].error;
    return static_cast<std::int32_t>(
        -static_cast<std::int64_t>(answer.answered.number("result").value_or(0)));
}

std::int32_t caller_errno(const VerdictRow& row, const Answer& answer) {
    if (row.caller_errno == VerdictRow::as_sent)
        return heard(answer, sent_error(answer));
    const bool ends_in_error =
        row.outcome == Outcome::refused || row.outcome == Outcome::caller_error;
    return ends_in_error && row.caller_errno > 0 ? heard(answer, row.caller_errno)
                                                 : row.caller_errno;
}

bool is_request_lost(const StrayReplyEvent& event) {
    return event.settled == nullptr &&
           (!event.state.complete() || event.state.requests.given_up() != 0);
}

} // namespace

std::string_view spelling(Outcome outcome) {
    return spellings[static_cast<std::size_t>(outcome)];
}

Verdict verdict_of(const ExchangeEvent& event) {
    static const AnswerRows table;
    const Answer answer(event);
    const VerdictRow* row = first_that_holds(table.of(answer.asked.op(), answer.error() != 0),
                                             answer, in_dialect(event.message.dialect));
    return {row, row->write_errno, caller_errno(*row, answer)};
}

Verdict verdict_of(const StrayReplyEvent& event) {
    static const auto table = gathered<StrayReplyEvent>(&VerdictFamily::strays);
    const VerdictRow* row = first_that_holds(table, event, in_dialect(event.message.dialect));
    if (row->outcome == Outcome::unmatched && is_request_lost(event))
        return {};
    return {row, row->write_errno, row->caller_errno};
}

Verdict verdict_of(const NotifyEvent& event) {
    static const auto table = gathered<NotifyEvent>(&VerdictFamily::notifications);
    const VerdictRow* row = first_that_holds(table, event, in_dialect(event.message.dialect));
    return {row, row->write_errno, row->caller_errno};
}

const std::vector<VerdictArea>& verdict_areas() {
    static const auto areas = [] {
        std::vector<VerdictArea> list;
        std::set<std::string_view> ids;
        for (const VerdictFamily* family : verdicts::families) {
            VerdictArea& area = list.emplace_back(VerdictArea{family->title, {}});
            const auto add = [&](const auto& table) {
                for (const auto& check : table)
                    if (ids.insert(check.row.id).second) // some are in more than one table
                        area.rows.push_back(&check.row);
            };
            add(family->answers);
            add(family->strays);
            add(family->notifications);
        }
        return list;
    }();
    return areas;
}

std::vector<const VerdictRow*> all_verdicts() {
    std::vector<const VerdictRow*> all;
    for (const VerdictArea& area : verdict_areas())
        all.insert(all.end(), area.rows.begin(), area.rows.end());
    return all;
}

} // namespace fusewire

#include "gui/models/details.h"

#include "dissector/render/judgement.h"
#include "dissector/render/rules.h"
#include "dissector/render/verdict.h"
#include "gui/models/plain_text.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>

namespace fusewire::gui {

namespace {

// A rule may name very many frames.
constexpr std::size_t most_links = 40;

QString tr(const char* text, int n = -1) {
    return QCoreApplication::translate("Details", text, nullptr, n);
}

void add(Details& details, const QString& label, std::string_view text) {
    if (!text.empty())
        details.push_back({label, plainText(text), {}, {}});
}

Detail placeOf(const Judgement& finding) {
    std::string place;
    append_place(place, finding);
    return {tr("Where"),
            tr("connection %1").arg(static_cast<std::uint32_t>(finding.conn)),
            {{plainText(place), finding.frame, finding.sighting.offset, {}}},
            {}};
}

void addFrames(Details& details, const Judgement& finding) {
    const auto& frames = finding.sighting.related;
    if (frames.empty())
        return;
    Detail& detail = details.emplace_back();
    detail.label = tr("See also");
    for (const std::uint64_t frame : frames) {
        if (detail.links.size() == most_links) {
            detail.text = tr("and %n more", static_cast<int>(frames.size() - most_links));
            break;
        }
        detail.links.push_back({tr("frame %1").arg(frame), frame, {}, {}});
    }
}

void addRepetitions(Details& details, const Judgement& finding) {
    if (finding.count < 2)
        return;
    details.push_back({tr("How often"),
                       tr("%1 times, the last time in").arg(finding.count),
                       {{tr("frame %1").arg(finding.last_frame), finding.last_frame, {}, {}}},
                       {}});
}

QString errnoText(std::int32_t error) {
    if (error == VerdictRow::undefined)
        return tr("not the same every time");
    return error == 0 ? tr("0, no error") : QString::fromStdString(verdict_errno_text(error));
}

QString evidenceText(Evidence evidence) {
    switch (evidence) {
    case Evidence::live:
        return tr("a test that does this to a running kernel");
    case Evidence::seen:
        return tr("a kernel with the patches, which was seen to do it");
    case Evidence::source:
        break;
    }
    return tr("the kernel's source");
}

void addVerdict(Details& details, const Verdict& verdict) {
    const VerdictRow& row = *verdict.row;
    details.push_back({tr("The kernel"),
                       QStringLiteral("%1, %2").arg(QString::fromUtf8(spelling(row.outcome).data()),
                                                    QString::fromUtf8(row.text)),
                       {},
                       {}});
    details.push_back({tr("The server's write()"), errnoText(verdict.write_errno), {}, {}});
    details.push_back({tr("The caller"), errnoText(verdict.caller_errno), {}, {}});
    details.push_back({tr("Known from"), evidenceText(row.evidence), {}, {}});
    details.push_back({tr("Verdict"), QString::fromUtf8(row.id), {}, {}});
}

// In front of a message that the kernel does not judge.
QString unjudged(MessageKind kind) {
    switch (kind) {
    case MessageKind::request:
        return tr("This is a request: it is the server that judges it.");
    case MessageKind::reply:
    case MessageKind::notification:
        return tr(
            "What the kernel does with it cannot be told: its request, or what came before, is "
            "not in the capture, or the message is not whole.");
    case MessageKind::write_result:
    case MessageKind::loss:
        break;
    }
    return tr("This is no message of the protocol.");
}

void addShortly(Details& details, const Judgement& finding) {
    details.push_back(
        {QString::fromUtf8(spelling(finding.severity).data()),
         plainText(finding.message()),
         {{tr("byte %1").arg(finding.sighting.offset), finding.frame, finding.sighting.offset, {}},
          {QString::fromUtf8(finding.rule->id), 0, {}, finding.rule->id}},
         finding.severity});
    add(details, tr("What comes of it"), finding.consequence());
    add(details, tr("What to change"), finding.rule->advice);
    addFrames(details, finding);
}

} // namespace

Details detailsOf(const JudgedMessage& message, const std::vector<Judgement>& findings) {
    Details details;
    if (!message.error.isEmpty()) {
        details.push_back({tr("Not judged"), message.error, {}, Severity::warn});
        return details;
    }
    if (message.verdict)
        addVerdict(details, *message.verdict);
    else
        details.push_back({{}, unjudged(message.kind), {}, {}});
    if (message.nodeid != 0)
        details.push_back({tr("nodeid"),
                           QStringLiteral("%1 %2").arg(message.nodeid).arg(plainText(message.path)),
                           {},
                           {}});
    for (const Judgement& finding : findings)
        addShortly(details, finding);
    if (findings.empty())
        details.push_back({tr("Findings"), tr("none about this message"), {}, {}});
    return details;
}

Details detailsOf(const Judgement& finding) {
    const RuleInfo& rule = *finding.rule;
    Details details;
    details.push_back({QString::fromUtf8(spelling(finding.severity).data()),
                       plainText(finding.message()),
                       {},
                       finding.severity});
    details.push_back(placeOf(finding));
    add(details, tr("Observed"), finding.sighting.observed);
    add(details, tr("Expected"), finding.sighting.expected);
    add(details, tr("What comes of it"), finding.consequence());
    add(details, tr("What to change"), rule.advice);
    add(details, tr("When it is legal"), rule.doc);
    addRepetitions(details, finding);
    addFrames(details, finding);
    details.push_back({tr("Rule"), {}, {{QString::fromUtf8(rule.id), 0, {}, rule.id}}, {}});
    return details;
}

Details rulePage(std::string_view id) {
    const RuleInfo* rule = find_rule(id);
    if (rule == nullptr)
        return {};
    std::string text;
    append_rules_text(text, std::array{rule}, {});
    Details page;
    for (const QString& line : QString::fromStdString(text).split('\n', Qt::SkipEmptyParts))
        page.push_back({{}, line.trimmed(), {}, {}});
    return page;
}

} // namespace fusewire::gui

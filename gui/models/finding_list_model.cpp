#include "gui/models/finding_list_model.h"

#include "dissector/opcodes.h"
#include "dissector/render/judgement.h"
#include "gui/models/plain_text.h"

#include <algorithm>
#include <chrono>
#include <unordered_set>

namespace fusewire::gui {

namespace {

// A filter that works tells of new rows often.
constexpr std::chrono::milliseconds refresh_interval{100};

// Of the findings of a rule; the checker keeps one for each of these.
struct Identity {
    ConnId conn;
    std::uint64_t nodeid;
    std::uint64_t object;
    // What a place is sorted by: with another one it is another place in the list.
    Severity severity;
    std::uint64_t frame;
    bool operator==(const Identity&) const = default;
};

Identity identityOf(const Judgement& finding) {
    return {finding.conn, finding.sighting.nodeid, finding.sighting.object, finding.severity,
            finding.frame};
}

struct IdentityHash {
    std::size_t operator()(const Identity& identity) const {
        constexpr std::uint64_t odd = 0x9e3779b97f4a7c15U;
        const std::uint64_t hash = (identity.frame ^ identity.nodeid << 32) * odd;
        return (hash ^ hash >> 29 ^ identity.object) * odd;
    }
};

bool isSame(const Judgement* a, const Judgement* b) {
    return identityOf(*a) == identityOf(*b);
}

QString whatIsSeen(const Judgement& finding) {
    std::string text;
    append_sighting(text, finding);
    return text.empty() ? QString::fromUtf8(finding.rule->text) : plainText(text);
}

QString searched(const Judgement& finding) {
    std::string text(finding.rule->id);
    text += ' ';
    text += finding.message();
    text += ' ';
    append_place(text, finding);
    return QString::fromStdString(text);
}

} // namespace

FindingListModel::FindingListModel(const Viewer& viewer, QObject* parent)
    : QAbstractItemModel(parent), viewer_(viewer) {
    refreshing_.setSingleShot(true);
    refreshing_.setInterval(refresh_interval);
    connect(&refreshing_, &QTimer::timeout, this, &FindingListModel::refresh);
    connect(&viewer, &Viewer::judgedChanged, this, &FindingListModel::refresh);
    connect(&viewer, &Viewer::documentChanged, this, &FindingListModel::clear);
    connect(&viewer.shownRows(), &ShownRows::changed, this, [this] {
        if (!refreshing_.isActive())
            refreshing_.start();
    });
    refresh();
}

void FindingListModel::setLeast(Severity least) {
    least_ = least;
    refresh();
}

void FindingListModel::setText(const QString& text) {
    text_ = text;
    refresh();
}

void FindingListModel::setHiddenToo(bool hiddenToo) {
    hiddenToo_ = hiddenToo;
    refresh();
}

void FindingListModel::clear() {
    beginResetModel();
    groups_.clear();
    judged_.reset();
    counts_ = {};
    endResetModel();
    refresh();
}

bool FindingListModel::isShown(const Judgement& finding) const {
    if (finding.severity < least_)
        return false;
    if (!hiddenToo_ && !viewer_.shownRows().isEverything() &&
        !viewer_.shownRows().contains(viewer_.document()->index().row_of_frame(finding.frame)))
        return false;
    return text_.isEmpty() || searched(finding).contains(text_, Qt::CaseInsensitive);
}

void FindingListModel::refresh() {
    // What the rows refer to until they are replaced.
    const JudgedPtr before = std::exchange(judged_, viewer_.judged());
    static const std::vector<Judgement> none;
    const auto& findings = judged_ ? judged_->findings : none;
    counts_ = findings_by_severity(findings);
    takeGroups(findings_by_rule(findings, [this](const auto& found) { return isShown(found); }));
    emit countsChanged();
}

std::size_t FindingListModel::shown() const {
    std::size_t places = 0;
    for (const auto& group : groups_)
        places += group->findings.judgements.size();
    return places;
}

void FindingListModel::takeGroups(std::vector<FindingGroup> groups) {
    removeOtherGroups(groups);
    for (std::size_t i = 0; i < groups.size(); ++i) {
        placeGroup(static_cast<int>(i), groups[i]);
        takePlaces(*groups_[i], groups[i]);
    }
}

void FindingListModel::removeOtherGroups(const std::vector<FindingGroup>& groups) {
    for (int row = rowCount() - 1; row >= 0; --row) {
        const auto at = groups_.begin() + row;
        const RuleInfo* rule = (*at)->findings.rule;
        if (std::ranges::find(groups, rule, &FindingGroup::rule) != groups.end())
            continue;
        beginRemoveRows({}, row, row);
        groups_.erase(at);
        numberGroups();
        endRemoveRows();
    }
}

// Brings the rule's row to `at`, or makes one there.
void FindingListModel::placeGroup(int at, const FindingGroup& group) {
    const auto begin = groups_.begin() + at;
    const auto found = std::find_if(begin, groups_.end(), [&](const auto& known) {
        return known->findings.rule == group.rule;
    });
    if (found == begin && found != groups_.end())
        return;
    if (found == groups_.end()) {
        beginInsertRows({}, at, at);
        groups_.insert(begin, std::make_unique<Group>(Group{group, at}));
        numberGroups();
        endInsertRows();
        return;
    }
    const int from = static_cast<int>(found - groups_.begin());
    beginMoveRows({}, from, from, {}, at);
    std::rotate(begin, found, found + 1);
    numberGroups();
    endMoveRows();
}

void FindingListModel::takePlaces(Group& group, FindingGroup& findings) {
    removeOtherPlaces(group, findings);
    auto& places = group.findings.judgements;
    const auto& wanted = findings.judgements;
    for (std::size_t i = 0; i < wanted.size();) {
        std::size_t end = i;
        while (end < wanted.size() && (i == places.size() || !isSame(places[i], wanted[end])))
            ++end;
        if (end > i) {
            beginInsertRows(indexOf(group), static_cast<int>(i), static_cast<int>(end) - 1);
            const auto from = wanted.begin();
            places.insert(places.begin() + static_cast<std::ptrdiff_t>(i),
                          from + static_cast<std::ptrdiff_t>(i),
                          from + static_cast<std::ptrdiff_t>(end));
            endInsertRows();
        }
        i = end + 1;
    }
    if (places.size() > wanted.size())
        removePlaces(group, static_cast<int>(wanted.size()), static_cast<int>(places.size()) - 1);
    group.findings = std::move(findings);
    const int last = static_cast<int>(group.findings.judgements.size()) - 1;
    emit dataChanged(indexOf(group), indexOf(group, column_count - 1));
    emit dataChanged(createIndex(0, 0, &group), createIndex(last, column_count - 1, &group));
}

// What is left then stands in the order in which it is wanted.
void FindingListModel::removeOtherPlaces(Group& group, const FindingGroup& findings) {
    const auto& places = group.findings.judgements;
    if (places.size() <= findings.judgements.size() &&
        std::equal(places.begin(), places.end(), findings.judgements.begin(), isSame))
        return;
    std::unordered_set<Identity, IdentityHash> wanted;
    for (const Judgement* finding : findings.judgements)
        wanted.insert(identityOf(*finding));
    const auto isOther = [&](int row) {
        return !wanted.contains(identityOf(*places[static_cast<std::size_t>(row)]));
    };
    for (int last = static_cast<int>(places.size()) - 1; last >= 0; --last) {
        int first = last + 1;
        while (first > 0 && isOther(first - 1))
            --first;
        if (first <= last)
            removePlaces(group, first, last);
        last = std::min(last, first);
    }
}

void FindingListModel::removePlaces(Group& group, int first, int last) {
    beginRemoveRows(indexOf(group), first, last);
    auto& places = group.findings.judgements;
    places.erase(places.begin() + first, places.begin() + last + 1);
    endRemoveRows();
}

void FindingListModel::numberGroups() {
    for (std::size_t i = 0; i < groups_.size(); ++i)
        groups_[i]->row = static_cast<int>(i);
}

// Places know their rule by the pointer in their index; rules have none.
const FindingListModel::Group* FindingListModel::groupOf(const QModelIndex& place) const {
    return static_cast<const Group*>(place.internalPointer());
}

QModelIndex FindingListModel::indexOf(const Group& group, int column) const {
    return createIndex(group.row, column);
}

QModelIndex FindingListModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent))
        return {};
    return parent.isValid()
               ? createIndex(row, column, groups_[static_cast<std::size_t>(parent.row())].get())
               : createIndex(row, column);
}

QModelIndex FindingListModel::parent(const QModelIndex& child) const {
    const Group* group = groupOf(child);
    return group == nullptr ? QModelIndex() : indexOf(*group);
}

int FindingListModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid())
        return static_cast<int>(groups_.size());
    if (parent.column() > 0 || groupOf(parent) != nullptr)
        return 0;
    const Group& group = *groups_[static_cast<std::size_t>(parent.row())];
    return static_cast<int>(group.findings.judgements.size());
}

int FindingListModel::columnCount(const QModelIndex&) const {
    return column_count;
}

const Judgement* FindingListModel::finding(const QModelIndex& index) const {
    if (!index.isValid())
        return nullptr;
    const Group* group = groupOf(index);
    return group != nullptr
               ? group->findings.judgements[static_cast<std::size_t>(index.row())]
               : groups_[static_cast<std::size_t>(index.row())]->findings.judgements.front();
}

QModelIndex FindingListModel::placeOf(std::uint64_t number) const {
    if (!judged_ || !judged_->worstAt(number))
        return {};
    for (const auto& group : groups_) {
        const auto& places = group->findings.judgements;
        const auto found = std::ranges::find(places, number, &Judgement::frame);
        if (found != places.end())
            return index(static_cast<int>(found - places.begin()), 0, indexOf(*group));
    }
    return {};
}

QVariant FindingListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Judgement& finding = *this->finding(index);
    const bool isRule = groupOf(index) == nullptr;
    switch (role) {
    case Qt::DisplayRole:
        return isRule ? ruleCell(groups_[static_cast<std::size_t>(index.row())]->findings,
                                 index.column())
                      : placeCell(finding, index.column());
    case Qt::ToolTipRole:
        return index.column() == what ? data(index, Qt::DisplayRole) : QVariant();
    case Qt::TextAlignmentRole:
        return index.column() == what || index.column() == operation || index.column() == path
                   ? QVariant()
                   : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::AccessibleTextRole:
        return index.column() == what
                   ? tr("%1: %2").arg(QString::fromUtf8(spelling(finding.severity).data()),
                                      data(index, Qt::DisplayRole).toString())
                   : data(index, Qt::DisplayRole);
    case FindingSeverityRole:
        return static_cast<int>(finding.severity);
    case FindingFrameRole:
        return QVariant::fromValue(finding.frame);
    default:
        return {};
    }
}

QVariant FindingListModel::ruleCell(const FindingGroup& group, int column) const {
    switch (column) {
    case what:
        return group.count == 1 ? tr("%1: %2").arg(QString::fromUtf8(group.rule->id),
                                                   QString::fromUtf8(group.rule->text))
                                : tr("%1: %2 (%3 times)")
                                      .arg(QString::fromUtf8(group.rule->id),
                                           QString::fromUtf8(group.rule->text))
                                      .arg(group.count);
    case count:
        return QVariant::fromValue(group.count);
    default:
        return {};
    }
}

QVariant FindingListModel::placeCell(const Judgement& finding, int column) const {
    switch (column) {
    case what:
        return whatIsSeen(finding);
    case frame:
        return QVariant::fromValue(finding.frame);
    case connection:
        return static_cast<std::uint32_t>(finding.conn);
    case operation:
        return finding.opcode == nullptr ? QVariant() : QString::fromUtf8(finding.opcode->name);
    case nodeid:
        return finding.sighting.nodeid == 0 ? QVariant()
                                            : QVariant::fromValue(finding.sighting.nodeid);
    case path:
        return plainText(finding.path);
    case count:
        return QVariant::fromValue(finding.count);
    default:
        return {};
    }
}

QVariant FindingListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    const QString titles[column_count] = {tr("Finding"),   tr("Count"),  tr("Frame"), tr("Conn"),
                                          tr("Operation"), tr("nodeid"), tr("Path")};
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 ||
        section >= column_count)
        return {};
    return titles[section];
}

} // namespace fusewire::gui

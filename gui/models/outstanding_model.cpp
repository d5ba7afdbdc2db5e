#include "gui/models/outstanding_model.h"

#include "dissector/render/text.h"
#include "gui/models/column_header.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace fusewire::gui {

namespace {

using Request = const OutstandingRequest*;

QString text(const std::string& from) {
    return QString::fromUtf8(from.data(), static_cast<qsizetype>(from.size()));
}

struct ColumnRow {
    const char* title;
    const char* help;
    bool number;
    int width; // characters
    QString (*text)(Request request, const OutstandingScene& scene);
    int (*compare)(Request a, Request b); // negative: a first; null: as words compare
};

template <class Value>
int compareValues(const Value& a, const Value& b) {
    return a < b ? -1 : b < a ? 1 : 0;
}

template <auto Member>
QString number(Request request, const OutstandingScene&) {
    return QString::number(static_cast<std::uint64_t>(request->*Member));
}
template <auto Member>
int compareBy(Request a, Request b) {
    return compareValues(a->*Member, b->*Member);
}
template <auto Word>
QString word(Request request, const OutstandingScene& scene) {
    return text(words_of(*request, scene).*Word);
}

// What began before the capture is older than all that began in it.
auto ageKey(Request request) {
    return std::tuple(!request->began_unseen, request->since_ns.value_or(0), request->frame,
                      request->unique);
}

int compareAges(Request a, Request b) {
    return compareValues(ageKey(a), ageKey(b));
}

int compareOpcodes(Request a, Request b) {
    return compareValues(a->opcode_number, b->opcode_number);
}

int compareReaders(Request a, Request b) {
    const auto key = [](Request request) {
        return std::tuple(request->read_by, request->server_pid, request->server_tid);
    };
    return compareValues(key(a), key(b));
}

int compareMarks(Request a, Request b) {
    const auto key = [](Request request) {
        return std::tuple(request->refused_frame, request->interrupt_frame);
    };
    return compareValues(key(a), key(b));
}

constexpr ColumnRow column_rows[] = {
    {QT_TRANSLATE_NOOP("OutstandingModel", "Age"),
     QT_TRANSLATE_NOOP("OutstandingModel", "For how long; more than that where it was there when "
                                           "the capture began"),
     true, 12, word<&OutstandingWords::age>, compareAges},
    {QT_TRANSLATE_NOOP("OutstandingModel", "Opcode"), "", false, 16,
     word<&OutstandingWords::opcode>, compareOpcodes},
    {QT_TRANSLATE_NOOP("OutstandingModel", "Operations"),
     QT_TRANSLATE_NOOP("OutstandingModel", "Of a compound"), false, 20,
     word<&OutstandingWords::operations>, compareOpcodes},
    {QT_TRANSLATE_NOOP("OutstandingModel", "nodeid"), "", false, 28, word<&OutstandingWords::node>,
     compareBy<&OutstandingRequest::nodeid>},
    {QT_TRANSLATE_NOOP("OutstandingModel", "Arguments"), "", false, 32,
     word<&OutstandingWords::arguments>, compareBy<&OutstandingRequest::text>},
    {QT_TRANSLATE_NOOP("OutstandingModel", "Asked by"),
     QT_TRANSLATE_NOOP("OutstandingModel", "The thread that waits for the reply"), true, 9,
     number<&OutstandingRequest::pid>, compareBy<&OutstandingRequest::pid>},
    {QT_TRANSLATE_NOOP("OutstandingModel", "uid"), "", true, 7,
     [](Request request, const OutstandingScene&) {
         return QString::number(static_cast<std::int32_t>(request->uid));
     },
     compareBy<&OutstandingRequest::uid>},
    {QT_TRANSLATE_NOOP("OutstandingModel", "Read by"),
     QT_TRANSLATE_NOOP("OutstandingModel",
                       "Process and thread of the server that read it; nobody: it waits in the "
                       "kernel's queue"),
     false, 15, word<&OutstandingWords::read_by>, compareReaders},
    {QT_TRANSLATE_NOOP("OutstandingModel", "Remarks"), "", false, 28,
     word<&OutstandingWords::marks>, compareMarks},
    {QT_TRANSLATE_NOOP("OutstandingModel", "Frame"), "", true, 9,
     number<&OutstandingRequest::frame>, compareBy<&OutstandingRequest::frame>},
    {QT_TRANSLATE_NOOP("OutstandingModel", "unique"), "", true, 10,
     number<&OutstandingRequest::unique>, compareBy<&OutstandingRequest::unique>},
    {QT_TRANSLATE_NOOP("OutstandingModel", "Connection"), "", true, 11,
     number<&OutstandingRequest::conn>, compareBy<&OutstandingRequest::conn>},
};
constexpr int column_count = static_cast<int>(std::size(column_rows));

using Key = std::tuple<ConnId, std::uint64_t, std::uint64_t>;

// A request that was listed before its unique was known keeps its frame.
Key keyOf(Request request) {
    return {request->conn, request->frame, request->unique};
}

void describe_request(std::string& out, const Message& request) {
    append_request(out, request, {});
}

} // namespace

std::string OutstandingMoment::pathOf(ConnId conn, std::uint64_t nodeid) const {
    if (!judged)
        return {};
    const auto& nodes = judged->ledger.nodes();
    const auto node = nodes.find({static_cast<std::uint32_t>(conn), nodeid});
    const bool known = node != nodes.end() && node->second.live() && !node->second.paths.empty();
    return known ? node->second.paths.back().value : std::string();
}

OutstandingMomentPtr momentOf(const JudgedPtr& judged) {
    if (!judged)
        return nullptr;
    auto moment = std::make_shared<OutstandingMoment>();
    moment->requests = {judged, &judged->outstanding}; // owned by the snapshot
    moment->now_ns = judged->time_ns;
    moment->judged = judged;
    return moment;
}

OutstandingReader::OutstandingReader(CaptureInput input, std::uint64_t frame, JudgedPtr judged)
    : input_(std::move(input)), frame_(frame), judged_(std::move(judged)) {
    qRegisterMetaType<OutstandingMomentPtr>();
}

OutstandingReader::~OutstandingReader() {
    cancelled_.store(true, std::memory_order_relaxed);
    if (thread_.joinable())
        thread_.join();
}

void OutstandingReader::start() {
    thread_ = std::thread([this] { run(); });
}

// What awaits a reply takes no checker: the headers pair requests and replies.
void OutstandingReader::run() {
    const auto go_on = [this] { return !cancelled_.load(std::memory_order_relaxed); };
    auto moment = std::make_shared<OutstandingMoment>();
    auto requests = std::make_shared<OutstandingRequests>(describe_request);
    auto source = input_.open(go_on);
    Session session;
    Record record;
    Message message;
    Exchange exchange;
    while (source && go_on()) {
        const auto more = (*source)->next(record);
        if (!more || !*more || record.frame > frame_)
            break;
        session.see(record, message, exchange);
        requests->see({record, message, exchange});
        if (record.has_time())
            moment->now_ns = record.time_ns;
        if (record.frame == frame_)
            break;
    }
    moment->requests = requests;
    moment->judged = judged_;
    if (go_on())
        emit read(moment);
}

OutstandingScene OutstandingModel::scene() const {
    return {.requests = *moment_->requests,
            .connections = {},
            .now_ns = moment_->now_ns,
            .path_of = [this](ConnId conn, std::uint64_t nodeid) {
                return moment_->pathOf(conn, nodeid);
            }};
}

void OutstandingModel::setMoment(OutstandingMomentPtr moment) {
    const OutstandingMomentPtr before = std::exchange(moment_, std::move(moment));
    update(before);
}

void OutstandingModel::setHides(Hides hides) {
    hides_ = std::move(hides);
    update(moment_);
}

void OutstandingModel::sort(int column, Qt::SortOrder order) {
    column_ = std::clamp(column, 0, column_count - 1);
    descending_ = order == Qt::DescendingOrder;
    update(moment_);
}

std::vector<OutstandingModel::Request> OutstandingModel::wanted() const {
    if (!moment_)
        return {};
    std::vector<Request> list = moment_->requests->oldest(most_rows);
    if (hides_)
        std::erase_if(list, [this](Request request) { return hides_(request->frame); });
    const ColumnRow& column = column_rows[column_];
    std::ranges::stable_sort(list, [&](Request a, Request b) {
        const int order = column.compare(a, b);
        return descending_ ? order > 0 : order < 0;
    });
    return list;
}

// In steps that every view can follow: what was answered goes, the rest is put in order, what is new
// comes. `before` keeps what the rows refer to until then.
void OutstandingModel::update(OutstandingMomentPtr before) {
    const std::vector<Request> now = wanted();
    removeMissing(now);
    reorder(now);
    insertNew(now);
    before.reset();
    if (!rows_.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, column_count - 1));
}

void OutstandingModel::removeMissing(const std::vector<Request>& now) {
    std::map<Key, Request> known;
    for (const Request request : now)
        known.emplace(keyOf(request), request);
    for (int row = rowCount() - 1; row >= 0;) {
        int first = row;
        while (first >= 0 && !known.contains(keyOf(rows_[static_cast<std::size_t>(first)])))
            --first;
        if (first < row) {
            beginRemoveRows({}, first + 1, row);
            rows_.erase(rows_.begin() + first + 1, rows_.begin() + row + 1);
            endRemoveRows();
        }
        row = first - 1;
    }
    for (Request& request : rows_)
        request = known.at(keyOf(request));
}

void OutstandingModel::reorder(const std::vector<Request>& now) {
    std::map<Key, std::size_t> places;
    for (std::size_t i = 0; i < now.size(); ++i)
        places.emplace(keyOf(now[i]), i);
    const auto place = [&](Request request) { return places.at(keyOf(request)); };
    if (std::ranges::is_sorted(rows_, {}, place))
        return;
    emit layoutAboutToBeChanged();
    const std::vector<Request> before = rows_;
    std::ranges::sort(rows_, {}, place);
    std::map<Request, int> moved;
    for (std::size_t i = 0; i < rows_.size(); ++i)
        moved.emplace(rows_[i], static_cast<int>(i));
    for (const QModelIndex& old : persistentIndexList())
        changePersistentIndex(
            old, index(moved.at(before[static_cast<std::size_t>(old.row())]), old.column()));
    emit layoutChanged();
}

// rows_ is what `now` is without some.
void OutstandingModel::insertNew(const std::vector<Request>& now) {
    for (std::size_t row = 0; row < now.size();) {
        if (row < rows_.size() && rows_[row] == now[row]) {
            ++row;
            continue;
        }
        std::size_t end = row;
        while (end < now.size() && (row >= rows_.size() || now[end] != rows_[row]))
            ++end;
        beginInsertRows({}, static_cast<int>(row), static_cast<int>(end) - 1);
        rows_.insert(rows_.begin() + static_cast<std::ptrdiff_t>(row),
                     now.begin() + static_cast<std::ptrdiff_t>(row),
                     now.begin() + static_cast<std::ptrdiff_t>(end));
        endInsertRows();
        row = end;
    }
}

std::uint64_t OutstandingModel::total() const {
    return moment_ ? moment_->requests->size() + moment_->requests->dropped() : 0;
}

int OutstandingModel::columnWidth(int column) const {
    return column_rows[column].width;
}

int OutstandingModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int OutstandingModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : column_count;
}

QVariant OutstandingModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || !moment_)
        return {};
    const Request request = rows_[static_cast<std::size_t>(index.row())];
    const ColumnRow& column = column_rows[index.column()];
    switch (role) {
    case Qt::DisplayRole:
        return column.text(request, scene());
    case Qt::TextAlignmentRole:
        return QVariant((column.number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case OutstandingFrameRole:
        return QVariant::fromValue(request->frame);
    case OutstandingAgeRole: {
        const auto age = age_of(*request, scene());
        return age ? QVariant::fromValue(*age) : QVariant();
    }
    default:
        return {};
    }
}

QVariant OutstandingModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= column_count)
        return {};
    const ColumnRow& column = column_rows[section];
    return columnHeader(tr(column.title), *column.help == '\0' ? QString() : tr(column.help),
                        column.number, role);
}

} // namespace fusewire::gui

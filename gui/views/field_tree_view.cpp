#include "gui/views/field_tree_view.h"

#include <QHeaderView>
#include <QScopedValueRollback>
#include <algorithm>

namespace fusewire::gui {

namespace {

// Open to begin with: the message and its layers, not what they hold, nor what has no bytes.
constexpr int open_depth = 2;
constexpr int most_names_percent = 60; // of the width

int depthOf(QModelIndex field) {
    int depth = 0;
    for (field = field.parent(); field.isValid(); field = field.parent())
        ++depth;
    return depth;
}

} // namespace

FieldTreeView::FieldTreeView(Viewer& viewer, QWidget* parent) : QTreeView(parent), viewer_(viewer) {
    setObjectName("fields");
    setAccessibleName(tr("Fields of the message"));
    setModel(&viewer.fields());
    setUniformRowHeights(true);
    setAlternatingRowColors(true);
    setFrameShape(NoFrame);
    header()->resizeSection(0, 32 * fontMetrics().averageCharWidth());
    connect(header(), &QHeaderView::sectionResized, this,
            [this](int column) { sizedByUser_ = sizedByUser_ || (column == 0 && !fitting_); });
    connect(this, &QTreeView::expanded, this, [this](const QModelIndex& field) {
        remember(field, true);
        fitNames();
    });
    connect(this, &QTreeView::collapsed, this,
            [this](const QModelIndex& field) { remember(field, false); });
    connect(
        selectionModel(), &QItemSelectionModel::currentChanged, this,
        [this](const QModelIndex& current) {
            if (current.isValid())
                viewer_.mark({current.data(OffsetRole).toUInt(), current.data(WidthRole).toUInt()});
        });
    connect(this, &QTreeView::activated, this, [this](const QModelIndex& field) {
        if (const quint64 frame = field.data(NamedFrameRole).toULongLong(); frame != 0)
            viewer_.goToFrame(frame);
    });
    connect(&viewer, &Viewer::currentMessageChanged, this, &FieldTreeView::showMessage);
    connect(&viewer, &Viewer::markedChanged, this, &FieldTreeView::showMarked);
}

void FieldTreeView::showMessage() {
    {
        const QScopedValueRollback opening(opening_, true);
        openAsBefore({});
    }
    fitNames();
}

// Names are read whole, as far as values keep their place, until the user sets the width.
void FieldTreeView::fitNames() {
    if (sizedByUser_ || opening_)
        return;
    const QScopedValueRollback fitting(fitting_, true);
    const int most = viewport()->width() * most_names_percent / 100;
    const int wanted = std::min(sizeHintForColumn(0), most);
    if (wanted > header()->sectionSize(0))
        header()->resizeSection(0, wanted);
}

// What was marked stays in sight when a panel takes some of the room.
void FieldTreeView::resizeEvent(QResizeEvent* event) {
    QTreeView::resizeEvent(event);
    if (currentIndex().isValid())
        scrollTo(currentIndex());
}

void FieldTreeView::openAsBefore(const QModelIndex& below) {
    for (int row = 0; row < model()->rowCount(below); ++row) {
        const QModelIndex field = model()->index(row, 0, below);
        if (!model()->hasChildren(field))
            continue;
        const QString path = pathOf(field);
        const bool usual = depthOf(field) < open_depth && field.data(WidthRole).toUInt() != 0;
        setExpanded(field, usual ? !closed_.contains(path) : open_.contains(path));
        openAsBefore(field);
    }
}

void FieldTreeView::remember(const QModelIndex& field, bool open) {
    if (opening_)
        return;
    const QString path = pathOf(field);
    (open ? closed_ : open_).remove(path);
    (open ? open_ : closed_).insert(path);
}

QString FieldTreeView::pathOf(const QModelIndex& field) const {
    QString path;
    for (QModelIndex at = field; at.isValid(); at = at.parent())
        path.prepend('/' + at.data().toString());
    return path;
}

void FieldTreeView::showMarked(const ByteRange& bytes) {
    const QModelIndex current = currentIndex();
    const ByteRange here{current.data(OffsetRole).toUInt(), current.data(WidthRole).toUInt()};
    if (bytes.width == 0 || here == bytes)
        return;
    const QModelIndex field = viewer_.fields().fieldAt(bytes.offset);
    if (!field.isValid())
        return;
    const QScopedValueRollback opening(opening_, true);
    setCurrentIndex(field);
    scrollTo(field);
}

} // namespace fusewire::gui

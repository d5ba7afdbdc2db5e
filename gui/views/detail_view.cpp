#include "gui/views/detail_view.h"

#include "gui/models/viewer.h"
#include "gui/views/tones.h"

#include <QEvent>
#include <QScrollBar>
#include <QTextCursor>
#include <QUrl>

namespace fusewire::gui {

namespace {

// What a link says of where it leads: "frame:18", "frame:18/56", "rule:handle-empty", "back:".
const QString frame_scheme = QStringLiteral("frame");
const QString rule_scheme = QStringLiteral("rule");
const QString back_scheme = QStringLiteral("back");

QString targetOf(const DetailLink& link) {
    if (link.frame == 0)
        return rule_scheme + ':' + QString::fromUtf8(link.rule.data(), std::ssize(link.rule));
    const QString frame = frame_scheme + ':' + QString::number(link.frame);
    return link.offset ? frame + '/' + QString::number(*link.offset) : frame;
}

QTextCharFormat linkFormat(const QString& target, const QPalette& palette) {
    QTextCharFormat format;
    format.setAnchor(true);
    format.setAnchorHref(target);
    format.setForeground(palette.link());
    format.setFontUnderline(true);
    return format;
}

} // namespace

DetailView::DetailView(Viewer& viewer, QWidget* parent) : QTextBrowser(parent), viewer_(viewer) {
    setOpenLinks(false);
    setUndoRedoEnabled(false);
    setFrameShape(NoFrame);
    connect(this, &QTextBrowser::anchorClicked, this, &DetailView::follow);
}

void DetailView::show(Details details) {
    if (details == details_)
        return;
    details_ = std::move(details);
    page_.clear();
    lay(details_);
}

void DetailView::changeEvent(QEvent* event) {
    QTextBrowser::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        lay(page_.empty() ? details_ : page_);
}

void DetailView::follow(const QUrl& target) {
    if (target.scheme() == frame_scheme) {
        const QStringList place = target.path().split('/');
        viewer_.goToFrame(place[0].toULongLong(),
                          place.size() > 1 ? std::optional(place[1].toUInt()) : std::nullopt);
        return;
    }
    page_.clear();
    if (target.scheme() == rule_scheme)
        page_ = rulePage(target.path().toStdString());
    lay(page_.empty() ? details_ : page_);
}

void DetailView::lay(const Details& details) {
    clear();
    QTextCursor cursor(document());
    for (const Detail& detail : details)
        append(detail, cursor);
    if (!page_.empty()) {
        cursor.insertBlock();
        cursor.insertText(tr("Back"), linkFormat(back_scheme + ':', palette()));
    }
    verticalScrollBar()->setValue(0);
}

// Written with insertText(), which takes nothing for markup.
void DetailView::append(const Detail& detail, QTextCursor& cursor) {
    if (!document()->isEmpty())
        cursor.insertBlock();
    QTextBlockFormat block;
    block.setBottomMargin(fontMetrics().height() / 4.0);
    cursor.setBlockFormat(block);
    QTextCharFormat plain;
    plain.setForeground(palette().text());
    QTextCharFormat bold = plain;
    bold.setFontWeight(QFont::Bold);
    if (detail.severity)
        bold.setForeground(severityColor(*detail.severity, palette()));
    if (!detail.label.isEmpty())
        cursor.insertText(detail.label + QStringLiteral(": "), bold);
    cursor.insertText(detail.text, plain);
    const char* separator = detail.text.isEmpty() ? "" : " ";
    for (const DetailLink& link : detail.links) {
        cursor.insertText(QString::fromLatin1(separator), plain);
        cursor.insertText(link.text, linkFormat(targetOf(link), palette()));
        separator = ", ";
    }
}

} // namespace fusewire::gui

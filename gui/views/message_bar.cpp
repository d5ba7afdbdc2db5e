#include "gui/views/message_bar.h"

#include "gui/views/tones.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QScopedValueRollback>
#include <QStyle>

namespace fusewire::gui {

namespace {

constexpr qsizetype most_lines = 4;

struct WeightRow {
    QStyle::StandardPixmap icon;
    Severity severity;
};
// In the order of MessageBar::Weight.
constexpr WeightRow weights[] = {
    {QStyle::SP_MessageBoxInformation, Severity::note},
    {QStyle::SP_MessageBoxWarning, Severity::warn},
    {QStyle::SP_MessageBoxCritical, Severity::error},
};

} // namespace

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent), icon_(new QLabel), label_(new QLabel), close_(new QToolButton) {
    setObjectName("messageBar");
    setAccessibleName(tr("Message"));
    setAutoFillBackground(true);
    // Names of files and what other programs say: no markup.
    label_->setTextFormat(Qt::PlainText);
    label_->setWordWrap(true);
    label_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label_->setObjectName("messageText");
    close_->setIcon(style()->standardIcon(QStyle::SP_TitleBarCloseButton));
    close_->setAutoRaise(true);
    close_->setToolTip(tr("Close this message"));
    close_->setAccessibleName(tr("Close this message"));
    close_->setObjectName("messageClose");
    auto* layout = new QHBoxLayout(this);
    const int gap = fontMetrics().averageCharWidth();
    layout->setContentsMargins(gap, gap / 2, gap, gap / 2);
    layout->addWidget(icon_);
    layout->addWidget(label_, 1);
    layout->addWidget(close_);
    connect(close_, &QToolButton::clicked, this, &MessageBar::clear);
    hide();
}

void MessageBar::say(const QString& text, Weight weight) {
    if (lines_.isEmpty() || weight > weight_)
        lines_.clear();
    else if (weight < weight_ || lines_.contains(text))
        return;
    weight_ = weight;
    lines_ << text;
    while (lines_.size() > most_lines)
        lines_.removeFirst();
    showText();
}

void MessageBar::clear() {
    lines_.clear();
    showText();
}

void MessageBar::showText() {
    label_->setText(text());
    label_->setAccessibleName(text());
    showWeight();
    setVisible(!lines_.isEmpty());
}

void MessageBar::showWeight() {
    const QScopedValueRollback coloring(coloring_, true);
    const WeightRow& row = weights[static_cast<int>(weight_)];
    const int side = fontMetrics().height();
    icon_->setPixmap(style()->standardIcon(row.icon).pixmap(side, side));
    const QPalette desktop = parentWidget() == nullptr ? QPalette() : parentWidget()->palette();
    QPalette own = desktop;
    own.setColor(QPalette::Window, severityPaper(row.severity, desktop));
    own.setColor(QPalette::WindowText, desktop.color(QPalette::Text));
    setPalette(own);
}

void MessageBar::changeEvent(QEvent* event) {
    QFrame::changeEvent(event);
    const bool colors =
        event->type() == QEvent::PaletteChange || event->type() == QEvent::ApplicationPaletteChange;
    if (colors && !coloring_)
        showWeight();
}

} // namespace fusewire::gui

#include "gui/views/filter_bar.h"

#include "dissector/filter/filter.h"
#include "gui/views/tones.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace fusewire::gui {

namespace {

constexpr int menu_characters = 80; // of a filter

} // namespace

FilterBar::FilterBar(QWidget* parent)
    : QWidget(parent), edit_(new FilterEdit(this)), error_(new QLabel(this)),
      saver_(makeButton("savedFilters", tr("☆"), tr("Saved filters"))),
      past_(makeButton("filterHistory", tr("▾"), tr("Filters applied before (Down)"))),
      apply_(makeButton("applyFilter", tr("Apply"), tr("Show what the filter selects (Enter)"))),
      cancel_(makeButton("cancelFilter", tr("Cancel"), tr("What was found until now stays"))),
      progress_(new QProgressBar(this)) {
    edit_->setObjectName("filter");
    edit_->setPlaceholderText(tr("Display filter, such as fuse.error < 0 && fuse.latency > 5 ms"));
    edit_->setClearButtonEnabled(true);
    edit_->setAccessibleName(tr("Display filter"));
    error_->setObjectName("filterError");
    error_->setTextFormat(Qt::PlainText);
    error_->setWordWrap(true);
    error_->hide();
    progress_->setObjectName("filterProgress");
    progress_->setAccessibleName(tr("Progress of the filter"));
    progress_->setMaximumWidth(fontMetrics().averageCharWidth() * 16);
    progress_->hide();
    cancel_->hide();
    makeButtons();

    auto* line = new QHBoxLayout;
    line->setSpacing(2);
    line->addWidget(saver_);
    line->addWidget(edit_, 1);
    for (QWidget* widget : {static_cast<QWidget*>(past_), static_cast<QWidget*>(progress_),
                            static_cast<QWidget*>(cancel_), static_cast<QWidget*>(apply_)})
        line->addWidget(widget);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 2);
    layout->setSpacing(2);
    layout->addLayout(line);
    layout->addWidget(error_);
    connect(edit_, &QLineEdit::textChanged, this, &FilterBar::check);
    connect(edit_, &QLineEdit::returnPressed, this, &FilterBar::apply);
    // The cross, which Qt makes: who empties the field by it wants to see everything.
    if (auto* cross = edit_->findChild<QToolButton*>())
        connect(cross, &QToolButton::clicked, this, &FilterBar::apply, Qt::QueuedConnection);
    connect(edit_, &FilterEdit::escaped, this, &FilterBar::escape);
    connect(edit_, &FilterEdit::historyAsked, past_, &QToolButton::showMenu);
}

QToolButton* FilterBar::makeButton(const char* name, const QString& text, const QString& tip) {
    auto* button = new QToolButton(this);
    button->setObjectName(name);
    button->setText(text);
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

void FilterBar::makeButtons() {
    for (QToolButton* button : {saver_, past_}) {
        button->setMenu(new QMenu(button));
        button->setPopupMode(QToolButton::InstantPopup);
    }
    past_->setEnabled(false);
    connect(saver_->menu(), &QMenu::aboutToShow, this, &FilterBar::fillSaved);
    connect(past_->menu(), &QMenu::aboutToShow, this, &FilterBar::fillHistory);
    connect(apply_, &QToolButton::clicked, this, &FilterBar::apply);
    connect(cancel_, &QToolButton::clicked, this, &FilterBar::cancelled);
}

void FilterBar::setText(const QString& text) {
    edit_->setText(text);
    apply();
}

void FilterBar::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        check();
}

void FilterBar::check() {
    const std::string text = edit_->text().toStdString();
    QString message;
    std::size_t column = 0;
    std::size_t length = 0;
    if (!text.empty())
        if (const auto filter = Filter::parse(text); !filter) {
            column = filter.error().column;
            length = filter.error().length;
            message =
                tr("column %1: %2").arg(column).arg(QString::fromStdString(filter.error().message));
        }
    right_ = message.isEmpty();
    edit_->markError(column, length);
    apply_->setEnabled(right_);
    tint(!text.empty(), right_);
    error_->setText(message);
    error_->setVisible(!right_);
}

void FilterBar::tint(bool written, bool right) {
    QPalette colors = palette();
    if (written)
        colors.setColor(QPalette::Base, filterTint(right, palette()));
    edit_->setPalette(colors);
}

void FilterBar::apply() {
    if (!right_)
        return;
    keep(edit_->text());
    emit applied(edit_->text());
}

// The first time it takes back what is wrong, or not applied; then it leaves.
void FilterBar::escape() {
    if (!right_)
        edit_->clear();
    else
        emit left();
}

void FilterBar::keep(const QString& text) {
    if (text.isEmpty() || (!history_.isEmpty() && history_.front() == text))
        return;
    QStringList filters = history_;
    filters.removeAll(text);
    filters.prepend(text);
    setHistory(filters);
    emit remembered();
}

void FilterBar::setHistory(const QStringList& filters) {
    history_ = filters.mid(0, history_length);
    past_->setEnabled(!history_.isEmpty());
}

void FilterBar::setSaved(const QStringList& filters) {
    saved_ = filters.mid(0, most_saved);
}

void FilterBar::addFilter(QMenu* menu, const QString& filter) {
    QString label = filter.size() > menu_characters ? filter.left(menu_characters) + u'…' : filter;
    QAction* action = menu->addAction(label.replace('&', "&&"));
    connect(action, &QAction::triggered, this, [this, filter] {
        setText(filter);
        edit_->setFocus();
    });
}

void FilterBar::fillHistory() {
    past_->menu()->clear();
    for (const QString& filter : history_)
        addFilter(past_->menu(), filter);
}

void FilterBar::fillSaved() {
    QMenu* menu = saver_->menu();
    menu->clear();
    const QString text = edit_->text();
    const bool known = saved_.contains(text);
    const auto change = [this, text, known] {
        QStringList filters = saved_;
        filters.removeAll(text);
        if (!known)
            filters.append(text);
        setSaved(filters);
        emit remembered();
    };
    QAction* save = menu->addAction(known ? tr("&Remove this filter") : tr("&Save this filter"));
    save->setEnabled(right_ && !text.isEmpty());
    connect(save, &QAction::triggered, this, change);
    menu->addSeparator();
    for (const QString& filter : saved_)
        addFilter(menu, filter);
}

void FilterBar::showProgress(int percent) {
    if (percent == 0 || percent == 100)
        return; // most filters are done before anybody could look
    progress_->setValue(percent);
    progress_->show();
    cancel_->show();
}

void FilterBar::showFinished() {
    progress_->hide();
    cancel_->hide();
}

} // namespace fusewire::gui

#include "gui/views/find_bar.h"

#include <QBoxLayout>
#include <QKeyEvent>

namespace fusewire::gui {

FindBar::FindBar(Finder& finder, QWidget* parent)
    : QWidget(parent), finder_(finder), by_(new QComboBox), in_(new QComboBox),
      what_(new QLineEdit), matchCase_(new QCheckBox(tr("Match &case"))),
      previous_(new QPushButton(tr("&Previous"))), next_(new QPushButton(tr("&Next"))),
      cancel_(new QPushButton(tr("Cancel"))), progress_(new QProgressBar), state_(new QLabel) {
    build();
    hide();
    connect(by_, &QComboBox::currentIndexChanged, this, &FindBar::take);
    connect(in_, &QComboBox::currentIndexChanged, this, &FindBar::take);
    connect(matchCase_, &QCheckBox::toggled, this, &FindBar::take);
    connect(what_, &QLineEdit::textChanged, this, &FindBar::take);
    connect(what_, &QLineEdit::returnPressed, this, [this] { find(true); });
    connect(next_, &QPushButton::clicked, this, [this] { find(true); });
    connect(previous_, &QPushButton::clicked, this, [this] { find(false); });
    connect(cancel_, &QPushButton::clicked, &finder_, &Finder::cancel);
    connect(&finder_, &Finder::started, this, &FindBar::showState);
    connect(&finder_, &Finder::progressed, progress_, &QProgressBar::setValue);
    connect(&finder_, &Finder::finished, this, &FindBar::showState);
    take();
}

void FindBar::build() {
    setObjectName("findBar");
    by_->addItems({tr("Text"), tr("Regular expression"), tr("Bytes"), tr("Display filter")});
    by_->setObjectName("findBy");
    by_->setAccessibleName(tr("What is looked for"));
    in_->addItems({tr("in the line"), tr("in the fields")});
    in_->setObjectName("findIn");
    in_->setAccessibleName(tr("Where it is looked for"));
    what_->setObjectName("findWhat");
    what_->setAccessibleName(tr("Look for"));
    what_->setClearButtonEnabled(true);
    matchCase_->setObjectName("findCase");
    previous_->setObjectName("findPrevious");
    next_->setObjectName("findNext");
    cancel_->setObjectName("findCancel");
    progress_->setMaximumWidth(fontMetrics().averageCharWidth() * 20);
    progress_->setAccessibleName(tr("Progress of the search"));
    state_->setObjectName("findState");
    state_->setTextFormat(Qt::PlainText);
    auto* close = new QPushButton(tr("Close"));
    close->setObjectName("findClose");
    connect(close, &QPushButton::clicked, this, &QWidget::hide);
    auto* layout = new QHBoxLayout(this);
    const int margin = fontMetrics().averageCharWidth() / 2;
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->addWidget(by_);
    layout->addWidget(in_);
    layout->addWidget(what_, 1);
    for (QWidget* widget : {static_cast<QWidget*>(matchCase_), static_cast<QWidget*>(previous_),
                            static_cast<QWidget*>(next_), static_cast<QWidget*>(progress_),
                            static_cast<QWidget*>(cancel_), static_cast<QWidget*>(state_),
                            static_cast<QWidget*>(close)})
        layout->addWidget(widget);
}

void FindBar::open() {
    show();
    what_->setFocus();
    what_->selectAll();
}

void FindBar::find(bool forward) {
    if (finder_.query().what.isEmpty())
        open();
    else
        finder_.find(forward);
}

void FindBar::take() {
    const auto by = static_cast<FindBy>(by_->currentIndex());
    const bool isText = by == FindBy::text || by == FindBy::regex;
    in_->setEnabled(isText);
    matchCase_->setEnabled(isText);
    finder_.setQuery(
        {what_->text(), by, static_cast<FindIn>(in_->currentIndex()), matchCase_->isChecked()});
    showState();
}

void FindBar::showState() {
    const bool empty = finder_.query().what.isEmpty();
    const QString error = empty ? QString() : finder_.error();
    progress_->setVisible(finder_.isFinding());
    cancel_->setVisible(finder_.isFinding());
    next_->setEnabled(!empty && error.isEmpty());
    previous_->setEnabled(!empty && error.isEmpty());
    state_->setText(error.isEmpty() ? finder_.outcome() : error);
    state_->setVisible(!state_->text().isEmpty());
    if (!finder_.isFinding())
        progress_->setValue(0);
}

// Escape stops a search, then closes the bar.
void FindBar::keyPressEvent(QKeyEvent* event) {
    if (event->key() != Qt::Key_Escape)
        return QWidget::keyPressEvent(event);
    if (finder_.isFinding())
        finder_.cancel();
    else
        hide();
}

} // namespace fusewire::gui

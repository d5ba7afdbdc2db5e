#include "gui/views/verdict_panel.h"

#include <QVBoxLayout>

namespace fusewire::gui {

VerdictPanel::VerdictPanel(Viewer& viewer)
    : viewer_(viewer), judged_(viewer.judgedCurrent()), details_(new DetailView(viewer)),
      state_(new QLabel) {
    setObjectName("verdictPanel");
    details_->setObjectName("verdictDetails");
    details_->setAccessibleName(tr("What the kernel does with the message"));
    state_->setObjectName("verdictState");
    state_->setTextFormat(Qt::PlainText);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(state_);
    layout->addWidget(details_, 1);
    connect(&judged_, &JudgedCurrent::changed, this, &VerdictPanel::showJudgement);
    showJudgement();
}

void VerdictPanel::showEvent(QShowEvent*) {
    judged_.setNeeded(this, true);
}

void VerdictPanel::hideEvent(QHideEvent*) {
    judged_.setNeeded(this, false);
}

// What was said of the message before stays until the next is judged, which is mostly at once.
void VerdictPanel::showJudgement() {
    const JudgedMessagePtr& message = judged_.message();
    state_->setVisible(!message && judged_.percent() > 0);
    state_->setText(tr("judging, %1 %…").arg(judged_.percent()));
    if (message)
        details_->show(detailsOf(*message, judged_.findings()));
    else if (judged_.percent() > 0 || viewer_.currentRow() == no_row)
        details_->show({});
}

} // namespace fusewire::gui

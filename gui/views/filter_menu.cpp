#include "gui/views/filter_menu.h"

namespace fusewire::gui {

FilterMenu::FilterMenu(Kind kind, Viewer& viewer, QWidget* parent)
    : QMenu(parent), kind_(kind), viewer_(viewer) {
    setTitle(kind == Kind::apply ? tr("&Apply as filter") : tr("Prepare as f&ilter"));
    setObjectName(kind == Kind::apply ? "applyAsFilter" : "prepareAsFilter");
    setToolTipsVisible(true);
    for (const FilterChoice& choice : filterChoices()) {
        QAction* action = addAction(tr(choice.text), this, [this, &choice] { use(choice); });
        action->setObjectName(QLatin1String(choice.id));
    }
    setTarget({});
}

void FilterMenu::setTarget(const FilterTarget& target) {
    target_ = target;
    setEnabled(!target.field.isEmpty());
    const QList<QAction*> all = actions();
    for (qsizetype i = 0; i < all.size(); ++i)
        all[i]->setToolTip(
            filterText(target, filterChoices()[static_cast<std::size_t>(i)], viewer_.filter()));
}

void FilterMenu::use(const FilterChoice& choice) {
    const QString text = filterText(target_, choice, viewer_.filter());
    if (kind_ == Kind::prepare)
        emit viewer_.filterPrepared(text);
    else
        viewer_.setFilter(text);
}

} // namespace fusewire::gui

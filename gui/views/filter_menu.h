// FilterMenu: "Apply as filter" and "Prepare as filter" for what a user points at; the same in the list,
// the tree and the bytes.
#pragma once

#include "gui/models/filter_text.h"
#include "gui/models/viewer.h"

#include <QMenu>

namespace fusewire::gui {

class FilterMenu : public QMenu {
    Q_OBJECT

  public:
    enum class Kind : int { apply, prepare };

    FilterMenu(Kind kind, Viewer& viewer, QWidget* parent = nullptr);

    // What the filters are made of; disabled without a field.
    void setTarget(const FilterTarget& target);

  private:
    void use(const FilterChoice& choice);

    Kind kind_;
    Viewer& viewer_;
    FilterTarget target_;
};

} // namespace fusewire::gui

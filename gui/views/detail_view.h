// DetailView: Details laid out as text that can be read, selected and walked through by keyboard: Tab
// goes from link to link, Enter follows one.
#pragma once

#include "gui/models/details.h"

#include <QTextBrowser>

namespace fusewire::gui {

class Viewer;

class DetailView : public QTextBrowser {
    Q_OBJECT

  public:
    // Links to frames make them current in `viewer`, which outlives it; those to rules show their page
    // here, with a way back.
    explicit DetailView(Viewer& viewer, QWidget* parent = nullptr);

    // What is shown already stays as it is, with what is selected in it.
    void show(Details details);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void follow(const QUrl& target);
    void lay(const Details& details);
    void append(const Detail& detail, QTextCursor& cursor);

    Viewer& viewer_;
    Details details_;
    Details page_; // of a rule that is looked up; empty: none is
};

} // namespace fusewire::gui

// ListHeader: the titles of the message list's columns. What the user does here to a column's order,
// width and visibility goes into the model, which is what is remembered; a click sorts, up, down, and
// with the third one as captured.
#pragma once

#include "gui/models/message_list_model.h"

#include <QHeaderView>
#include <QMenu>
#include <functional>

namespace fusewire::gui {

class ListHeader : public QHeaderView {
    Q_OBJECT

  public:
    explicit ListHeader(QWidget* parent = nullptr);

    // To be called instead of setModel().
    void setMessages(MessageListModel* messages);
    // Makes the sections look as the model's columns say.
    void arrange();
    // What can be done to columns; `column` is -1 where none is meant.
    void fillMenu(QMenu& menu, int column);
    // A dialog for all of them.
    void editColumns();
    int characterWidth() const { return fontMetrics().averageCharWidth() + 1; }

  signals:
    // As wide as its cells is what the user wants.
    void fitAsked(int column);
    void sortAsked();

  protected:
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    void takeWidth(int column, int newWidth);
    void takeOrder();
    void sortBy(int column, Qt::SortOrder order);
    void showSortOrder();
    void change(int column, const std::function<void(Column&)>& how);
    void rename(int column);
    void remove(int column);
    void addColumnActions(QMenu& menu, int column);
    void addSortings(QMenu& menu);
    void addAlignments(QMenu& menu, int column);
    void addShownColumns(QMenu& menu);

    MessageListModel* messages_ = nullptr;
    bool arranging_ = false; // what sections do now is not the user's will
};

} // namespace fusewire::gui

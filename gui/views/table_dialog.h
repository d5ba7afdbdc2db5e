// TableDialog: a list of rows that the user edits, adds, removes and puts into another order, and that
// is taken only when nothing in it is wrong.
#pragma once

#include <QDialog>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

namespace fusewire::gui {

class TableDialog : public QDialog {
    Q_OBJECT

  public:
    TableDialog(const QString& title, const QStringList& headers, QWidget* parent);

    // What is wrong; empty: nothing.
    virtual QString error() const = 0;

  protected:
    QTableWidget* table() const { return table_; }
    QVBoxLayout* buttons() const { return buttons_; }
    // Puts what a new row begins with into the empty row, and returns the part that is to be edited.
    virtual int fillNewRow(int row) = 0;
    virtual void restoreDefaults() = 0;
    // After the table was filled or changed.
    void check();

  private:
    void addButtons();
    void add();
    void remove();
    void move(int by);

    QTableWidget* table_;
    QVBoxLayout* buttons_;
    QLabel* error_;
    QPushButton* accept_;
};

} // namespace fusewire::gui

#include "gui/views/table_dialog.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>

namespace fusewire::gui {

TableDialog::TableDialog(const QString& title, const QStringList& headers, QWidget* parent)
    : QDialog(parent), table_(new QTableWidget(0, static_cast<int>(headers.size()))),
      buttons_(new QVBoxLayout), error_(new QLabel) {
    setWindowTitle(title);
    table_->setAccessibleName(title);
    table_->setHorizontalHeaderLabels(headers);
    table_->verticalHeader()->hide();
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setTabKeyNavigation(false);
    error_->setObjectName("dialogError");
    error_->setTextFormat(Qt::PlainText);
    error_->setWordWrap(true);
    auto* box = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel |
                                     QDialogButtonBox::RestoreDefaults);
    accept_ = box->button(QDialogButtonBox::Ok);
    connect(box, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(box, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(box->button(QDialogButtonBox::RestoreDefaults), &QPushButton::clicked, this,
            [this] { restoreDefaults(); });
    addButtons();
    auto* middle = new QHBoxLayout;
    middle->addWidget(table_, 1);
    middle->addLayout(buttons_);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(middle, 1);
    layout->addWidget(error_);
    layout->addWidget(box);
    connect(table_, &QTableWidget::itemChanged, this, &TableDialog::check);
}

void TableDialog::addButtons() {
    const auto button = [this](const QString& text, const char* name, auto&& action) {
        auto* made = new QPushButton(text);
        made->setObjectName(name);
        made->setAutoDefault(false);
        connect(made, &QPushButton::clicked, this, action);
        buttons_->addWidget(made);
    };
    button(tr("&Add"), "addRow", [this] { add(); });
    button(tr("&Remove"), "removeRow", [this] { remove(); });
    button(tr("Move &up"), "moveRowUp", [this] { move(-1); });
    button(tr("Move &down"), "moveRowDown", [this] { move(1); });
    buttons_->addStretch();
}

void TableDialog::check() {
    const QString wrong = error();
    error_->setText(wrong);
    accept_->setEnabled(wrong.isEmpty());
}

void TableDialog::add() {
    const int row = table_->currentRow() + 1;
    table_->insertRow(row);
    const int part = fillNewRow(row);
    table_->setCurrentCell(row, part);
    table_->editItem(table_->item(row, part));
    check();
}

void TableDialog::remove() {
    if (table_->currentRow() >= 0)
        table_->removeRow(table_->currentRow());
    check();
}

void TableDialog::move(int by) {
    const int from = table_->currentRow();
    const int to = from + by;
    if (from < 0 || to < 0 || to >= table_->rowCount())
        return;
    for (int part = 0; part < table_->columnCount(); ++part) {
        QTableWidgetItem* moved = table_->takeItem(from, part);
        table_->setItem(from, part, table_->takeItem(to, part));
        table_->setItem(to, part, moved);
    }
    table_->selectRow(to);
    check();
}

} // namespace fusewire::gui

// ColumnsDialog: the columns of the message list, all at once: which there are, in which order, their
// titles, fields and alignment.
#pragma once

#include "gui/models/column.h"
#include "gui/views/table_dialog.h"

#include <optional>
#include <vector>

namespace fusewire::gui {

class ColumnsDialog : public TableDialog {
    Q_OBJECT

  public:
    explicit ColumnsDialog(const std::vector<Column>& columns, QWidget* parent = nullptr);

    // What is written now. Only while nothing is wrong each of the rows is a column.
    std::vector<Column> columns() const;
    QString error() const override;

  protected:
    int fillNewRow(int row) override;
    void restoreDefaults() override { fill(defaultColumns()); }

  private:
    void fill(const std::vector<Column>& columns);
    void putRow(int row, const Column& column);
    std::optional<Column> columnAt(int row) const;
};

} // namespace fusewire::gui

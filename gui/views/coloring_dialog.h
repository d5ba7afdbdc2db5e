// ColoringDialog: the colouring rules of the message list: which are on, in which order they are tried,
// their filters, and their colours on light and dark desktops.
#pragma once

#include "gui/models/coloring.h"
#include "gui/views/table_dialog.h"

#include <vector>

namespace fusewire::gui {

class ColoringDialog : public TableDialog {
    Q_OBJECT

  public:
    explicit ColoringDialog(const std::vector<ColoringRule>& rules, QWidget* parent = nullptr);

    std::vector<ColoringRule> rules() const;
    QString error() const override;

  protected:
    int fillNewRow(int row) override;
    void restoreDefaults() override { fill(defaultColoring()); }

  private:
    void fill(const std::vector<ColoringRule>& rules);
    void putRow(int row, const ColoringRule& rule);
    void putColor(int row, int part, const Rgb& color);
    void showColor(QTableWidgetItem* item);
    void chooseColor();
    QString textAt(int row, int part) const;
    QString errorAt(int row) const;
};

} // namespace fusewire::gui

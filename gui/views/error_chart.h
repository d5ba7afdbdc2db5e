// ErrorChart: how often each error was answered, by opcode.
#pragma once

#include "gui/views/figure_chart.h"

namespace fusewire::gui {

class ErrorChart : public FigureChart {
    Q_OBJECT

  public:
    ErrorChart();

  protected:
    void draw() override;

  private:
    int bars() const;
    int placeOf(int row) const;
};

} // namespace fusewire::gui

// PercentileChart: how long half, nine tenths and nearly all replies took, by opcode.
#pragma once

#include "gui/views/figure_chart.h"

namespace fusewire::gui {

class PercentileChart : public FigureChart {
    Q_OBJECT

  public:
    PercentileChart();

  protected:
    void draw() override;

  private:
    int placeOf(int row) const;
};

} // namespace fusewire::gui

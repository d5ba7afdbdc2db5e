// ErrorChart: how often each error was answered.
#pragma once

#include "gui/views/figure_chart.h"

namespace fusewire::gui {

class ErrorChart : public FigureChart {
    Q_OBJECT

  public:
    ErrorChart();

  protected:
    void draw() override;
};

} // namespace fusewire::gui

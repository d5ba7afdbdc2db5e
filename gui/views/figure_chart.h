// FigureChart: what the charts of figures have in common: colours that follow the palette, a name for
// screen readers, and a click that chooses a row of the figures.
#pragma once

#include "gui/models/figures.h"

#include <QChartView>

class QAbstractAxis;

namespace fusewire::gui {

class FigureChart : public QChartView {
    Q_OBJECT

  public:
    FigureChart(const QString& objectName, const QString& accessibleName);

    // Redraws the chart if it shows others.
    void setFigures(const FiguresPtr& figures);
    const FiguresPtr& figures() const { return figures_; }

    // By the font: a view's own hint grows with what it has once shown.
    QSize sizeHint() const override;

  signals:
    // A row of the figures.
    void chosen(int row);

  protected:
    // Builds everything anew.
    virtual void draw() = 0;
    void changeEvent(QEvent* event) override;

    quint64 value(int row, std::size_t column) const {
        return figures_->rows[static_cast<std::size_t>(row)].values[column].toULongLong();
    }
    QString text(int row, std::size_t column = 0) const {
        return figures_->rows[static_cast<std::size_t>(row)].values[column].toString();
    }
    int rows() const { return figures_ ? static_cast<int>(figures_->rows.size()) : 0; }
    void addAxis(QAbstractAxis* axis, Qt::Alignment side);

  private:
    void redraw();
    void useColors();

    FiguresPtr figures_;
    bool draws_ = false;
};

} // namespace fusewire::gui

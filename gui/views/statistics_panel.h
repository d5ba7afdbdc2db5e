// StatisticsPanel: what was counted of the messages that the display filter selects, as tables and
// charts; a click on either goes to the messages behind it. It counts only while it is visible.
#pragma once

#include "gui/models/capture_statistics.h"
#include "gui/views/error_chart.h"
#include "gui/views/figure_table.h"
#include "gui/views/heat_map.h"
#include "gui/views/latency_chart.h"
#include "gui/views/percentile_chart.h"
#include "gui/views/time_chart.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QTabWidget>
#include <QWidget>

namespace fusewire::gui {

class StatisticsPanel : public QWidget {
    Q_OBJECT

  public:
    // The viewer outlives it.
    explicit StatisticsPanel(Viewer& viewer);

    CaptureStatistics& statistics() { return statistics_; }

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    QWidget* buildTools();
    void buildTabs();
    static QWidget* scrolled(QWidget* chart);
    FigureTable* addTab(QWidget* chart, const QString& title, const QString& id);
    void showCounted();
    void showTab();
    FiguresPtr groupsWithPaths() const;
    void showLatencies();
    void showState();
    void listOpcodes();
    void use(const QString& filter, quint64 frame, FigureTable::Use use);
    void useRow(const FiguresPtr& figures, int row);
    void filterTime(int first, int last);
    FigureTable* currentTable() const;
    void copyTable(QString (*text)(const Figures& figures));
    void saveImage();

    Viewer& viewer_;
    CaptureStatistics statistics_;
    QComboBox* by_;
    QComboBox* opcode_;
    QCheckBox* prepares_;
    QLabel* state_;
    QTabWidget* tabs_;
    FigureTable* groups_ = nullptr;
    LatencyChart* latency_;
    FigureTable* latencyTable_ = nullptr;
    PercentileChart* percentiles_;
    FigureTable* percentileTable_ = nullptr;
    TimeChart* time_;
    FigureTable* timeTable_ = nullptr;
    ErrorChart* errors_;
    FigureTable* errorTable_ = nullptr;
    HeatMap* map_;
    FigureTable* mapTable_ = nullptr;
    QPlainTextEdit* text_;
};

} // namespace fusewire::gui

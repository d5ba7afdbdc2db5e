// TimelineView: the history of a node or fhandle as a picture: time from left to right, a lane for each
// kind of event, the references that the kernel holds as a stepped line, findings above. Zoomed by
// wheel and keys; the table beside it shares its current event.
#pragma once

#include "gui/models/timeline_model.h"

#include <QAbstractScrollArea>
#include <QItemSelectionModel>
#include <vector>

namespace fusewire::gui {

class TimelineView : public QAbstractScrollArea {
    Q_OBJECT

  public:
    // Both outlive it; the selection is that of the table.
    TimelineView(TimelineModel& model, QItemSelectionModel& selection, QWidget* parent = nullptr);

    // How much wider than the view the picture is; 1: all of it is seen.
    double zoom() const { return zoom_; }
    // Keeps what is at `x` of the view where it is.
    void setZoom(double zoom, int x);
    // The event that is drawn nearest to a point of the view, within a few pixels; -1: none.
    int eventAt(const QPoint& point) const;
    // Where an event is drawn in the view.
    QPoint placeOf(int row) const;

    QSize sizeHint() const override;

  signals:
    void eventClicked(int row);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    struct Drawn { // of the events that are seen
        int first = 0;
        int last = -1;
    };

    void rebuild();
    void measure();
    void updateBar();
    void showCurrent();
    void makeCurrent(int row);
    int plotWidth() const;
    int laneTop(TimelineLane lane) const;
    int laneMiddle(TimelineLane lane) const;
    double xOf(double position) const;
    double xOfEvent(int row) const { return xOf(positions_[static_cast<std::size_t>(row)]); }
    Drawn seen() const;
    void paintLanes(QPainter& painter) const;
    void paintAxis(QPainter& painter) const;
    void paintReferences(QPainter& painter, Drawn drawn) const;
    void paintEvents(QPainter& painter, Drawn drawn) const;
    void paintMarker(QPainter& painter, int row) const;
    void paintFindings(QPainter& painter, Drawn drawn) const;
    void paintCurrent(QPainter& painter) const;

    TimelineModel& model_;
    QItemSelectionModel& selection_;
    // Of each event in seconds, not falling; where there is no clock, its number.
    std::vector<double> positions_;
    std::vector<double> ends_; // where the latest of several is
    double begin_ = 0, length_ = 1;
    std::uint64_t most_ = 1; // references
    bool timed_ = true;
    double zoom_ = 1;
    int labels_ = 80;     // width
    int laneHeight_ = 24; // of each but the first
};

} // namespace fusewire::gui

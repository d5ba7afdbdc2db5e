// AutoScroll: keeps the newest row of a list in sight while rows come. Scrolling up or choosing a row ends
// that, scrolling to the end begins it again.
#pragma once

#include <QAbstractItemView>
#include <QObject>

namespace fusewire::gui {

class AutoScroll : public QObject {
    Q_OBJECT

  public:
    explicit AutoScroll(QAbstractItemView& list);

    bool isOn() const { return on_; }
    // Goes to the end at once.
    void setOn(bool on);
    // Rows that come later move nothing unless the list is live.
    void setLive(bool live) { live_ = live; }

  signals:
    void changed(bool on);

  private:
    void takeValue(int value);
    void takeRange(int maximum);
    void change(bool on);
    void goToEnd();

    QAbstractItemView& list_;
    bool on_ = true;
    bool live_ = false;
    bool moving_ = false; // by us
    int value_ = 0;       // of the scroll bar, the last time
};

} // namespace fusewire::gui

// MessageBar: a strip in the window that says what went wrong, stays until it is closed, and stops nobody
// from going on.
#pragma once

#include <QFrame>
#include <QLabel>
#include <QStringList>
#include <QToolButton>

namespace fusewire::gui {

class MessageBar : public QFrame {
    Q_OBJECT

  public:
    enum class Weight : int { note, warning, error };

    explicit MessageBar(QWidget* parent = nullptr);

    // Beside what is there already, if that is as heavy; lighter things give way.
    void say(const QString& text, Weight weight);
    // Closes it.
    void clear();

    // What stands there, a line for each; empty: the bar is closed.
    QString text() const { return lines_.join('\n'); }
    Weight weight() const { return weight_; }

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void showText();
    void showWeight();

    QLabel* icon_;
    QLabel* label_;
    QToolButton* close_;
    QStringList lines_;
    Weight weight_ = Weight::note;
    bool coloring_ = false;
};

} // namespace fusewire::gui

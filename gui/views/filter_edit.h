// FilterEdit: the line in which a display filter is written. Marks what is wrong with a wave below it,
// and completes the word at the cursor.
#pragma once

#include <QCompleter>
#include <QLineEdit>

namespace fusewire::gui {

class FilterEdit : public QLineEdit {
    Q_OBJECT

  public:
    explicit FilterEdit(QWidget* parent = nullptr);

    // Characters of the text as a FilterError counts them; length 0: nothing is wrong.
    void markError(std::size_t column, std::size_t length);
    // Where the wave is, as places in the text.
    int errorBegin() const { return errorBegin_; }
    int errorEnd() const { return errorEnd_; }

  signals:
    void historyAsked();
    void escaped();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void suggest();
    void straighten();

    int errorBegin_ = 0;
    int errorEnd_ = 0;
};

} // namespace fusewire::gui

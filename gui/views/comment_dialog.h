// CommentDialog: where a comment on a message or on the capture is written.
#pragma once

#include <QDialog>
#include <QPlainTextEdit>

namespace fusewire::gui {

class CommentDialog : public QDialog {
    Q_OBJECT

  public:
    CommentDialog(const QString& title, const QString& text, QWidget* parent);

  signals:
    void written(const QString& text);

  private:
    void check();

    QPlainTextEdit* edit_;
    QPushButton* ok_;
};

} // namespace fusewire::gui

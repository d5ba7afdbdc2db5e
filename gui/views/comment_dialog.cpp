#include "gui/views/comment_dialog.h"

#include "capture/annotate.h"

#include <QDialogButtonBox>
#include <QPushButton>
#include <QVBoxLayout>

namespace fusewire::gui {

CommentDialog::CommentDialog(const QString& title, const QString& text, QWidget* parent)
    : QDialog(parent), edit_(new QPlainTextEdit(text)) {
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName("commentDialog");
    setWindowTitle(title);
    edit_->setObjectName("commentText");
    edit_->setAccessibleName(tr("Comment"));
    edit_->setTabChangesFocus(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    ok_ = buttons->button(QDialogButtonBox::Ok);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(edit_);
    layout->addWidget(buttons);
    resize(fontMetrics().averageCharWidth() * 60, fontMetrics().height() * 12);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(this, &QDialog::accepted, this, [this] { emit written(edit_->toPlainText()); });
    connect(edit_, &QPlainTextEdit::textChanged, this, &CommentDialog::check);
    check();
}

void CommentDialog::check() {
    const bool fits = edit_->toPlainText().toUtf8().size() <= qsizetype{most_comment_bytes};
    ok_->setEnabled(fits);
    ok_->setToolTip(fits ? QString()
                         : tr("A comment has at most %L1 bytes").arg(most_comment_bytes));
}

} // namespace fusewire::gui

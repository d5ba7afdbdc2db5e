#include "gui/views/text_window.h"

#include <QFontDatabase>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace fusewire::gui {

QDialog* sideWindow(QWidget& window, const char* name, const QString& title, QWidget* inside) {
    auto* dialog = new QDialog(&window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(name);
    dialog->setWindowTitle(title);
    inside->setAccessibleName(title);
    auto* layout = new QVBoxLayout(dialog);
    layout->addWidget(inside);
    const QSize character(window.fontMetrics().averageCharWidth(), window.fontMetrics().height());
    dialog->resize(character.width() * 90, character.height() * 32);
    return dialog;
}

void showText(QWidget& window, const char* name, const QString& title, const QString& text) {
    auto* page = new QPlainTextEdit(text);
    page->setReadOnly(true);
    page->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    sideWindow(window, name, title, page)->show();
}

} // namespace fusewire::gui

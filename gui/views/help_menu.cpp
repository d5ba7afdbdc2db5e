#include "gui/views/help_menu.h"

#include "dissector/render/filters.h"
#include "gui/views/text_window.h"

#include <QAction>
#include <QApplication>
#include <QHeaderView>
#include <QMessageBox>
#include <QTreeWidget>
#include <string>

namespace fusewire::gui {

namespace {

// The text of a menu entry as it reads.
QString plainText(const QAction& action) {
    return action.text().remove('&').remove(QStringLiteral("…"));
}

void addCommands(QTreeWidget& list, const QMenu& menu) {
    auto* group = new QTreeWidgetItem(&list, {plainText(*menu.menuAction())});
    for (const QAction* action : menu.actions()) {
        QStringList keys;
        for (const QKeySequence& key : action->shortcuts())
            keys << key.toString(QKeySequence::NativeText);
        if (!keys.isEmpty())
            new QTreeWidgetItem(group, {plainText(*action), keys.join(", ")});
    }
    if (group->childCount() == 0)
        delete group;
}

void showKeys(QMainWindow& window) {
    auto* list = new QTreeWidget;
    list->setHeaderLabels({QObject::tr("Command"), QObject::tr("Keys")});
    for (const QMenu* menu : window.findChildren<QMenu*>())
        addCommands(*list, *menu);
    list->expandAll();
    list->header()->resizeSection(0, window.fontMetrics().averageCharWidth() * 56);
    sideWindow(window, "keys", QObject::tr("Keyboard shortcuts"), list)->show();
}

void showFilters(QMainWindow& window) {
    std::string text;
    append_filters_text(text);
    showText(window, "filters", QObject::tr("Display filters"), QString::fromStdString(text));
}

void showAbout(QMainWindow& window) {
    QMessageBox::about(&window, QObject::tr("About fusewire"),
                       QObject::tr("fusewire %1\n\nCaptures, decodes and checks the Linux FUSE "
                                   "protocol.\nGPL-3.0-or-later")
                           .arg(QApplication::applicationVersion()));
}

} // namespace

void fillHelpMenu(QMenu& menu, QMainWindow& window) {
    menu.addAction(QObject::tr("&Keyboard shortcuts"), QKeySequence(Qt::Key_F1), &window,
                   [&window] { showKeys(window); });
    menu.addAction(QObject::tr("&Display filters"), &window, [&window] { showFilters(window); });
    menu.addSeparator();
    menu.addAction(QObject::tr("&About fusewire"), &window, [&window] { showAbout(window); });
}

} // namespace fusewire::gui

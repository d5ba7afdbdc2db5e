// docs/viewer.md names menu entries as **Menu > Entry** (`Keys`): each is there, with these keys, and every
// entry that has keys can be found in the window's menus.
#include "gui/views/main_window.h"

#include <gtest/gtest.h>

#include <QFile>
#include <QMenuBar>
#include <QRegularExpression>

namespace fusewire::gui {
namespace {

QString plain(QString text) {
    return text.remove('&').remove(QStringLiteral("…")).trimmed();
}

// Keys of the entries below, by path: "Go > Filter". Entries without keys have an empty text.
void collect(const QList<QAction*>& actions, const QString& above, QMap<QString, QString>& out) {
    for (const QAction* action : actions) {
        const QString path =
            above.isEmpty() ? plain(action->text()) : above + " > " + plain(action->text());
        if (QMenu* menu = action->menu()) {
            emit menu->aboutToShow();
            collect(menu->actions(), path, out);
        } else if (!action->isSeparator()) {
            out[path] = action->shortcut().toString(QKeySequence::PortableText);
        }
    }
}

QMap<QString, QString> entries(const MainWindow& window) {
    QMap<QString, QString> found;
    collect(window.menuBar()->actions(), {}, found);
    return found;
}

TEST(Guide, NamesEntriesAndKeysAsTheyAre) {
    MainWindow window;
    const QMap<QString, QString> known = entries(window);
    QFile page(FUSEWIRE_SOURCE_FOLDER "/docs/viewer.md");
    ASSERT_TRUE(page.open(QIODevice::ReadOnly));
    const QString text = QString::fromUtf8(page.readAll()).simplified();
    const QRegularExpression entry(R"(\*\*([^*]+ > [^*]+)\*\*(?: \(`([^`]+)`\))?)");
    int count = 0;
    for (const auto& match : entry.globalMatch(text)) {
        const QString path = match.captured(1);
        ASSERT_TRUE(known.contains(path)) << path.toStdString() << " is none of\n"
                                          << QStringList(known.keys()).join('\n').toStdString();
        if (match.hasCaptured(2)) {
            EXPECT_EQ(known[path].toStdString(), match.captured(2).toStdString())
                << path.toStdString();
        }
        ++count;
    }
    EXPECT_GT(count, 20);
}

TEST(Guide, NoTwoEntriesHaveTheSameKeys) {
    MainWindow window;
    const QMap<QString, QString> known = entries(window);
    QMap<QString, QString> users;
    for (auto it = known.begin(); it != known.end(); ++it) {
        if (it.value().isEmpty())
            continue;
        EXPECT_FALSE(users.contains(it.value()))
            << it.key().toStdString() << " and " << users[it.value()].toStdString() << " both have "
            << it.value().toStdString();
        users[it.value()] = it.key();
    }
    EXPECT_GT(users.size(), 20);
}

} // namespace
} // namespace fusewire::gui

// A main window with a sample in it, for tests of what is done with messages.
#pragma once

#include "gui/views/main_window.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

namespace fusewire::gui {

class OpenedWindow : public ::testing::Test {
  protected:
    const QString samples = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/");

    void open(const QString& path) {
        ASSERT_TRUE(window.openFile(path.startsWith('/') ? path : samples + path));
        ASSERT_TRUE(waitUntil([this] {
            return viewer.currentMessage() != nullptr && viewer.document()->isIndexed();
        }));
    }
    // Makes a row current, and waits until it is there.
    void select(Row row) {
        viewer.setCurrentRow(row);
        ASSERT_TRUE(waitUntil(
            [&] { return viewer.currentMessage() && viewer.currentMessage()->row == row; }));
    }
    // Selects a field of the current message.
    void selectField(const char* name) {
        const QModelIndexList found =
            viewer.fields().match(viewer.fields().index(0, 0), FieldRole, QLatin1String(name), 1,
                                  Qt::MatchExactly | Qt::MatchRecursive);
        ASSERT_FALSE(found.isEmpty()) << name;
        tree->setCurrentIndex(found.first());
    }
    void run(const char* action) {
        ASSERT_NE(actions->action(action), nullptr) << action;
        EXPECT_TRUE(actions->action(action)->isEnabled()) << action;
        actions->action(action)->trigger();
    }

    MainWindow window;
    Viewer& viewer = window.viewer();
    MessageActions* actions = window.findChild<MessageActions*>();
    MessageListView* list = window.findChild<MessageListView*>("messages");
    QTreeView* tree = window.findChild<QTreeView*>("fields");
    HexView* hex = window.findChild<HexView*>("bytes");
};

} // namespace fusewire::gui

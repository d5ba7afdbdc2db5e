// The fixture of tests that use the main window as people do.
#pragma once

#include "gui/views/main_window.h"
#include "tests/gui/desktop/desktop.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QAbstractItemView>
#include <QApplication>

namespace fusewire::gui {

class RealWindow : public ::testing::Test {
  protected:
    static QString sample(const char* name) {
        return QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/") + name;
    }
    void SetUp() override {
        window.resize(1400, 900);
        Desktop::activate(window);
        ASSERT_TRUE(window.isActiveWindow());
    }
    void open(const char* name) {
        ASSERT_TRUE(window.openFile(sample(name)));
        ASSERT_TRUE(waitUntil([this] { return viewer.currentMessage() != nullptr; }));
    }
    bool showsRow(Row row) {
        return waitUntil(
            [&] { return viewer.currentMessage() && viewer.currentMessage()->row == row; });
    }
    void clickRow(int row) {
        const QRect place = list->visualRect(viewer.messages().index(row, 0));
        ASSERT_FALSE(place.isEmpty());
        Desktop::click(*list->viewport(), place.center());
    }
    // A click on an item of a table or a tree.
    void click(QAbstractItemView& view, const QModelIndex& index) {
        ASSERT_TRUE(index.isValid());
        view.scrollTo(index);
        QCoreApplication::processEvents();
        const QRect place = view.visualRect(index).intersected(view.viewport()->rect());
        ASSERT_FALSE(place.isEmpty());
        Desktop::click(*view.viewport(), place.center());
    }
    // Once it is on the screen: by its object name.
    template <class Widget>
    Widget* shown(const char* name) {
        const auto find = [&] {
            Widget* widget = window.findChild<Widget*>(name);
            return widget != nullptr && widget->isVisible() ? widget : nullptr;
        };
        waitUntil([&] { return find() != nullptr; });
        return find();
    }

    MainWindow window;
    Viewer& viewer = window.viewer();
    MessageListView* list = window.findChild<MessageListView*>("messages");
    FieldTreeView* tree = window.findChild<FieldTreeView*>();
    HexView* hex = window.findChild<HexView*>("bytes");
    FilterBar* filterBar = window.findChild<FilterBar*>();
};

} // namespace fusewire::gui

// A window comes back as it was left: its docks and the places of its splitters.
#include "gui/views/main_window.h"
#include "gui/views/panel.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QDockWidget>
#include <QSettings>
#include <QSplitter>
#include <QTest>

namespace fusewire::gui {
namespace {

class Layout : public ::testing::Test {
  protected:
    void SetUp() override {
        QSettings settings(QSettings::IniFormat, QSettings::UserScope, "fusewire",
                           QCoreApplication::applicationName());
        settings.clear();
    }
    static void show(MainWindow& window) {
        ASSERT_TRUE(
            window.openFile(QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/lookup-forget.pcapng")));
        window.show();
        ASSERT_TRUE(waitUntil([&] { return window.viewer().currentMessage() != nullptr; }));
        QTest::qWait(50);
    }
    static QDockWidget* dock(MainWindow& window, const char* id) {
        return window.findChild<QDockWidget*>(id);
    }
    static QSplitter* splitter(QWidget& inside, const char* name) {
        return inside.findChild<QSplitter*>(name);
    }
    // As a mouse does.
    static void drag(QSplitter& splitter, int by) {
        QWidget* handle = splitter.handle(1);
        const QPoint from = handle->rect().center();
        const QPoint way = splitter.orientation() == Qt::Horizontal ? QPoint(by, 0) : QPoint(0, by);
        QTest::mousePress(handle, Qt::LeftButton, {}, from);
        QTest::mouseMove(handle, from + way);
        QTest::mouseRelease(handle, Qt::LeftButton, {}, from + way);
    }
};

TEST_F(Layout, DocksComeBackAsLargeAsTheyWere) {
    QSize findings;
    QSize verdict;
    {
        MainWindow window;
        window.resize(1200, 800);
        show(window);
        dock(window, "findings")->show();
        dock(window, "verdict")->show();
        QTest::qWait(50);
        window.resizeDocks({dock(window, "findings")}, {333}, Qt::Vertical);
        window.resizeDocks({dock(window, "verdict")}, {444}, Qt::Horizontal);
        QTest::qWait(50);
        findings = dock(window, "findings")->size();
        verdict = dock(window, "verdict")->size();
        ASSERT_TRUE(window.close());
    }
    MainWindow window;
    show(window);
    EXPECT_EQ(dock(window, "findings")->size(), findings);
    EXPECT_EQ(dock(window, "verdict")->size(), verdict);
}

TEST_F(Layout, ADockThatWasClosedComesBackAsLargeAsItWas) {
    int width = 0;
    {
        MainWindow window;
        window.resize(1200, 800);
        show(window);
        dock(window, "verdict")->show();
        QTest::qWait(50);
        window.resizeDocks({dock(window, "verdict")}, {500}, Qt::Horizontal);
        QTest::qWait(50);
        width = dock(window, "verdict")->width();
        dock(window, "verdict")->hide();
        ASSERT_TRUE(window.close());
    }
    MainWindow window;
    show(window);
    dock(window, "verdict")->show();
    QTest::qWait(50);
    EXPECT_EQ(dock(window, "verdict")->width(), width);
}

TEST_F(Layout, SplittersStayWhereTheyWerePut) {
    QList<int> lower;
    QList<int> panes;
    QList<int> inside;
    {
        MainWindow window;
        window.resize(1200, 800);
        show(window);
        dock(window, "findings")->show();
        QTest::qWait(50);
        drag(*splitter(window, "treeAndBytes"), -150);
        drag(*splitter(window, "listAndDetails"), 60);
        drag(*splitter(*dock(window, "findings"), "findingsAndDetails"), 90);
        lower = splitter(window, "treeAndBytes")->sizes();
        panes = splitter(window, "listAndDetails")->sizes();
        inside = splitter(*dock(window, "findings"), "findingsAndDetails")->sizes();
        dock(window, "findings")->hide();
        ASSERT_TRUE(window.close());
    }
    // One that never shows the panel does not forget it.
    {
        MainWindow window;
        show(window);
        ASSERT_TRUE(window.close());
    }
    MainWindow window;
    show(window);
    dock(window, "findings")->show();
    QTest::qWait(50);
    EXPECT_EQ(splitter(window, "treeAndBytes")->sizes(), lower);
    EXPECT_EQ(splitter(window, "listAndDetails")->sizes(), panes);
    EXPECT_EQ(splitter(*dock(window, "findings"), "findingsAndDetails")->sizes(), inside);
}

TEST_F(Layout, FitsOnASmallScreen) {
    MainWindow window;
    show(window);
    for (const PanelKind& kind : panelKinds()) {
        dock(window, kind.id)->show();
        dock(window, kind.id)->raise(); // one behind another is not filled
        QTest::qWait(10);
        ASSERT_NE(dock(window, kind.id)->widget(), nullptr);
        EXPECT_LE(window.minimumSizeHint().width(), 640) << kind.id;
        EXPECT_LE(window.minimumSizeHint().height(), 480) << kind.id;
    }
}

} // namespace
} // namespace fusewire::gui

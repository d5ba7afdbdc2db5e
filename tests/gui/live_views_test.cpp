// The widgets around a capture: the message bar, the list that stays at its end, the dialog, the actions.
#include "gui/views/capture_actions.h"
#include "gui/views/live_dialog.h"
#include "gui/views/main_window.h"
#include "tests/gui/growing_sample.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QFile>
#include <QListView>
#include <QScrollBar>
#include <QStandardItemModel>
#include <QStatusBar>
#include <QTemporaryDir>
#include <QTest>

namespace fusewire::gui {
namespace {

using Weight = MessageBar::Weight;

TEST(MessageBarTest, StaysUntilItIsClosed) {
    MessageBar bar;
    EXPECT_TRUE(bar.isHidden());
    bar.say("disk <b>full</b>", Weight::error);
    EXPECT_FALSE(bar.isHidden());
    EXPECT_EQ(bar.findChild<QLabel*>("messageText")->text(), "disk <b>full</b>");
    EXPECT_EQ(bar.findChild<QLabel*>("messageText")->textFormat(), Qt::PlainText);
    QTest::mouseClick(bar.findChild<QToolButton*>("messageClose"), Qt::LeftButton);
    EXPECT_TRUE(bar.isHidden());
    EXPECT_EQ(bar.text(), "");
}

TEST(MessageBarTest, WhatIsWorseStays) {
    MessageBar bar;
    bar.say("a note", Weight::note);
    bar.say("an error", Weight::error);
    bar.say("another note", Weight::note);
    bar.say("another error", Weight::error);
    bar.say("another error", Weight::error);
    EXPECT_EQ(bar.text(), "an error\nanother error");
    EXPECT_EQ(bar.weight(), Weight::error);
}

class AutoScrollTest : public ::testing::Test {
  protected:
    void SetUp() override {
        list.setModel(&model);
        list.resize(400, 300);
        list.show();
        scroll.setLive(true);
        add(200);
        ASSERT_TRUE(isAtEnd());
    }
    void add(int rows) {
        for (int i = 0; i < rows; ++i)
            model.appendRow(new QStandardItem("row"));
    }
    // A list view lays its rows out a moment later.
    bool isAtEnd() const {
        return waitUntil([this] {
            return bar->maximum() > 100 && bar->value() == bar->maximum() &&
                   list.visualRect(model.index(model.rowCount() - 1, 0)).bottom() <=
                       list.viewport()->height();
        });
    }

    QStandardItemModel model;
    QListView list;
    AutoScroll scroll{list};
    QScrollBar* bar = list.verticalScrollBar();
};

TEST_F(AutoScrollTest, KeepsTheNewestRowInSight) {
    EXPECT_TRUE(isAtEnd());
    add(50);
    EXPECT_TRUE(isAtEnd());
}

TEST_F(AutoScrollTest, PausesWhenTheUserScrollsUpAndGoesOnAtTheEnd) {
    bool told = true;
    const int before = bar->maximum();
    QObject::connect(&scroll, &AutoScroll::changed, &scroll, [&](bool on) { told = on; });
    bar->setValue(20);
    EXPECT_FALSE(told);
    add(50);
    EXPECT_TRUE(waitUntil([&] { return bar->maximum() > before; }));
    EXPECT_EQ(bar->value(), 20);
    bar->setValue(bar->maximum());
    EXPECT_TRUE(told);
    add(50);
    EXPECT_TRUE(isAtEnd());
}

TEST_F(AutoScrollTest, AnEmptiedListDoesNotBeginItAgain) {
    bar->setValue(20);
    model.clear();
    add(200);
    EXPECT_TRUE(waitUntil([this] { return bar->maximum() > 100; }));
    EXPECT_FALSE(scroll.isOn());
}

TEST_F(AutoScrollTest, WhatWasClickedStaysWhereItIs) {
    QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, {50, 50});
    EXPECT_FALSE(scroll.isOn());
}

TEST_F(AutoScrollTest, AListThatIsNotLiveDoesNotMove) {
    scroll.setLive(false);
    bar->setValue(0);
    scroll.setOn(true);
    const int before = bar->maximum();
    add(50);
    EXPECT_TRUE(waitUntil([&] { return bar->maximum() > before; }));
    EXPECT_EQ(bar->value(), 0);
}

ConnectionStatus mounted(std::uint32_t number, const char* mountPoint) {
    ConnectionStatus status;
    status.connection.conn = ConnId{number};
    status.connection.mount_point = mountPoint;
    return status;
}

class Dialog : public ::testing::Test {
  protected:
    Dialog() {
        QObject::connect(&dialog, &LiveDialog::chosen, &dialog, [this](const LiveChoice& choice) {
            chosen = choice;
            ++times;
        });
        dialog.show();
    }
    void list() { dialog.connections().setConnections({mounted(41, "/a"), mounted(42, "/b")}); }
    template <class Widget>
    Widget* find(const char* name) {
        return dialog.findChild<Widget*>(name);
    }

    LiveDialog dialog{Launcher{}};
    LiveChoice chosen;
    int times = 0;
};

TEST_F(Dialog, EnterStartsWithWhatIsSelected) {
    list();
    auto* table = find<QTableView>("connections");
    table->selectRow(1);
    list();
    EXPECT_EQ(table->selectionModel()->selectedRows().size(), 1)
        << "a new look keeps the selection";
    find<QLineEdit>("opcodes")->setText("READ");
    find<QSpinBox>("snap")->setValue(10);
    find<QCheckBox>("errors")->setChecked(true);
    find<QCheckBox>("noFileData")->setChecked(true);
    find<QLineEdit>("stopAfter")->setText(" messages:5 ");
    QTest::keyClick(find<QLineEdit>("opcodes"), Qt::Key_Return);
    ASSERT_EQ(times, 1);
    EXPECT_EQ(chosen.targets, QStringList{"42"});
    EXPECT_EQ(chosen.title, "/b");
    EXPECT_EQ(chosen.opcodes, "READ");
    EXPECT_EQ(chosen.snapLength, 64U) << "no less than the headers";
    EXPECT_TRUE(chosen.errorsOnly);
    EXPECT_TRUE(chosen.noFileData);
    EXPECT_EQ(chosen.stopAfter, "messages:5");
    EXPECT_FALSE(dialog.isVisible());
}

TEST_F(Dialog, NothingSelectedIsEveryConnection) {
    list();
    QTest::mouseClick(find<QPushButton>("start"), Qt::LeftButton);
    ASSERT_EQ(times, 1);
    EXPECT_TRUE(chosen.targets.isEmpty());
}

TEST_F(Dialog, AWrongDisplayFilterIsToldAndStartsNothing) {
    find<QLineEdit>("displayFilter")->setText("fuse.nonsense");
    QTest::mouseClick(find<QPushButton>("start"), Qt::LeftButton);
    EXPECT_EQ(times, 0);
    EXPECT_TRUE(dialog.isVisible());
    EXPECT_TRUE(find<MessageBar>("messageBar")->text().contains("column"));
}

TEST_F(Dialog, TrafficWithoutPrivilegesSaysWhatIsMissing) {
    auto* traffic = find<QCheckBox>("showTraffic");
    EXPECT_FALSE(traffic->isChecked()) << "nobody is asked for a password unasked";
    traffic->click();
    EXPECT_FALSE(traffic->isChecked());
    EXPECT_TRUE(find<MessageBar>("messageBar")->text().contains("fusewire"));
}

TEST_F(Dialog, EachWidgetHasANameForWhoeverCannotSeeIt) {
    for (const char* name : {"connections", "opcodes", "pids", "uids", "errors", "snap",
                             "noFileData", "stopAfter", "tier", "displayFilter"})
        EXPECT_FALSE(find<QWidget>(name)->accessibleName().isEmpty()) << name;
}

class Actions : public ::testing::Test {
  protected:
    Actions() {
        QFile file(folder.filePath("fusewire"));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        file.write("#!/bin/sh\ncat '" FUSEWIRE_SAMPLES_FOLDER "/lookup-forget.pcapng'\n"
                   "cat >/dev/null\necho 'fusewire: captured 20 messages' >&2\n");
        file.close();
        EXPECT_TRUE(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        list.setModel(&viewer.messages());
    }
    QAction* action(const char* name) { return window.findChild<QAction*>(name); }

    QTemporaryDir folder;
    Viewer viewer;
    QWidget window;
    MessageListView list;
    MessageBar bar;
    CaptureActions actions{viewer, list, bar, &window,
                           Launcher{.fusewire = folder.filePath("fusewire"), .privileged = true}};
};

TEST_F(Actions, StartStopAndRestartFollowTheCapture) {
    EXPECT_TRUE(action("captureStart")->isEnabled());
    EXPECT_FALSE(action("captureStop")->isEnabled());
    EXPECT_FALSE(action("captureRestart")->isEnabled());
    EXPECT_FALSE(action("followFile")->isEnabled());
    LiveChoice choice;
    choice.displayFilter = "fuse.error < 0";
    actions.start(choice);
    EXPECT_FALSE(action("captureStart")->isEnabled());
    EXPECT_FALSE(actions.status()->text().isEmpty());
    ASSERT_TRUE(waitUntil([this] { return viewer.messages().rowCount() == 1; }))
        << "the display filter holds";
    EXPECT_TRUE(action("captureStop")->isEnabled());
    EXPECT_TRUE(action("followFile")->isChecked());
    action("captureRestart")->trigger();
    const auto first = viewer.document();
    ASSERT_TRUE(waitUntil([&] { return viewer.document() != first; }));
    action("captureStop")->trigger();
    ASSERT_TRUE(waitUntil([this] { return !actions.live().isActive(); }));
    EXPECT_EQ(bar.text(), "captured 20 messages");
    EXPECT_EQ(actions.status()->text(), "");
    EXPECT_TRUE(action("captureStart")->isEnabled());
    EXPECT_FALSE(action("followFile")->isEnabled()) << "nothing more can come";
}

TEST_F(Actions, OpeningAFileEndsTheCapture) {
    actions.start({});
    ASSERT_TRUE(waitUntil([this] { return viewer.messages().rowCount() == 20; }));
    ASSERT_EQ(viewer.open(QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/xattr.pcapng")), "");
    EXPECT_TRUE(waitUntil([this] { return !actions.live().isActive(); }));
    EXPECT_EQ(viewer.document()->title(), "xattr.pcapng");
}

TEST_F(Actions, AFileCanBeFollowed) {
    GrowingSample sample("lookup-forget.pcapng");
    sample.writeTo(sample.size() / 2);
    ASSERT_EQ(viewer.open(sample.path()), "");
    ASSERT_TRUE(action("followFile")->isEnabled());
    EXPECT_FALSE(action("followFile")->isChecked());
    action("followFile")->trigger();
    EXPECT_TRUE(action("followFile")->isChecked());
    sample.writeAll();
    EXPECT_TRUE(waitUntil([this] { return viewer.messages().rowCount() == 20; }));
    action("followFile")->trigger();
    EXPECT_FALSE(viewer.isFollowing());
}

TEST_F(Actions, ANewCaptureStaysAtItsEnd) {
    list.resize(400, 100);
    list.show();
    actions.start({});
    ASSERT_TRUE(waitUntil([this] { return viewer.messages().rowCount() == 20; }));
    EXPECT_TRUE(waitUntil([this] {
        return list.verticalScrollBar()->value() == list.verticalScrollBar()->maximum();
    }));
    EXPECT_GT(list.verticalScrollBar()->maximum(), 0);
}

} // namespace
} // namespace fusewire::gui

// Copies: of the selected messages, of a field, of a cell and of bytes; and the actions themselves.
#include "gui/models/export.h"
#include "tests/gui/opened_window.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QJsonDocument>
#include <QMenuBar>
#include <set>

namespace fusewire::gui {
namespace {

class Copy : public OpenedWindow {
  protected:
    void SetUp() override { open("lookup-forget.pcapng"); }
    QString copied(const char* action) {
        QGuiApplication::clipboard()->clear();
        run(action);
        EXPECT_TRUE(waitUntil([] { return !QGuiApplication::clipboard()->text().isEmpty(); }));
        return QGuiApplication::clipboard()->text();
    }
    void selectRows(int first, int last) {
        list->selectionModel()->select(
            QItemSelection(viewer.messages().index(first, 0), viewer.messages().index(last, 0)),
            QItemSelectionModel::ClearAndSelect);
    }
};

TEST_F(Copy, OfMessagesIsTheTextOfTheCommandLine) {
    selectRows(2, 3);
    EXPECT_EQ(copied("copyLines"),
              "     3     0.000020   61 > LOOKUP             4    1 \"docs\"\n"
              "     4     0.000105   61 < LOOKUP             4    1 \"docs\" ok 85 us nodeid=2 "
              "size=4096 mode=040755\n");
    EXPECT_TRUE(copied("copyTree").contains("docs"));
    const QByteArray json = copied("copyJson").toUtf8();
    const QList<QByteArray> lines = json.trimmed().split('\n');
    ASSERT_EQ(lines.size(), 2);
    EXPECT_EQ(QJsonDocument::fromJson(lines[1])["frame"].toInt(), 4);
}

TEST_F(Copy, OfBytes) {
    select(2);
    viewer.mark({40, 4});
    EXPECT_EQ(copied("copyBytesHex"), "64 6f 63 73");
    EXPECT_EQ(copied("copyBytesEscaped"), "\"\\x64\\x6f\\x63\\x73\"");
    EXPECT_TRUE(copied("copyHex").contains("64 6f 63 73"));
    EXPECT_TRUE(
        copied("copyArray").startsWith("static const unsigned char frame_3[45] = {\n    0x2d,"));
}

TEST_F(Copy, OfAField) {
    select(2);
    selectField("fuse.lookup.name");
    EXPECT_EQ(copied("copyName"), "fuse.lookup.name");
    EXPECT_EQ(copied("copyFilter"), "fuse.lookup.name == \"docs\"");
    EXPECT_TRUE(copied("copyValue").contains("docs"));
}

TEST_F(Copy, StopsWhereItIsTooMuch) {
    const MessagesToExport messages{
        viewer.document()->capture(), viewer.document()->input(), {0, 1, 2, 3, 4}};
    CopiedText text;
    MessageTextOptions options;
    EXPECT_EQ(copyMessages(messages, options, 100, text, [](int) { return true; }), "");
    EXPECT_EQ(text.messages, 2U);
}

TEST_F(Copy, TimeActionsChangeTheList) {
    run("timeEpoch");
    EXPECT_TRUE(actions->action("timeEpoch")->isChecked());
    EXPECT_FALSE(actions->action("timeFirst")->isChecked());
    EXPECT_GT(viewer.messages().index(0, 1).data().toString().size(), 12);
    run("timeFirst");
    select(3);
    run("timeReference");
    EXPECT_EQ(viewer.messages().index(3, 1).data(), "*REF*");
}

// Two actions with one shortcut would both do nothing.
TEST_F(Copy, NoTwoActionsHaveOneShortcut) {
    std::set<QString> seen;
    for (const QAction* action : window.findChildren<QAction*>()) {
        const QString keys = action->shortcut().toString();
        if (!keys.isEmpty()) {
            EXPECT_TRUE(seen.insert(keys).second) << keys.toStdString();
        }
    }
    EXPECT_GT(seen.size(), 30U);
}

// A letter that stands for two entries of a menu does nothing at the first press.
TEST_F(Copy, NoTwoEntriesOfAMenuHaveOneLetter) {
    int menus = 0;
    for (const QMenu* menu : window.findChildren<QMenu*>()) {
        std::set<QString> seen;
        for (const QAction* action : menu->actions()) {
            const QString letter = QKeySequence::mnemonic(action->text()).toString();
            if (!letter.isEmpty()) {
                EXPECT_TRUE(seen.insert(letter).second)
                    << menu->title().toStdString() << ": " << action->text().toStdString();
            }
        }
        menus += seen.empty() ? 0 : 1;
    }
    EXPECT_GT(menus, 10);
}

} // namespace
} // namespace fusewire::gui

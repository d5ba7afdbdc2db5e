// Marks and comments: made, shown, gone to, saved into the file that is open, and read again.
#include "gui/views/comment_dialog.h"
#include "tests/gui/opened_window.h"

#include <sys/stat.h>

#include <QFile>
#include <QMessageBox>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

namespace fusewire::gui {
namespace {

class Marks : public OpenedWindow {
  protected:
    void SetUp() override {
        ASSERT_TRUE(QFile::copy(samples + "lookup-forget.pcapng", path));
        open(path);
    }
    ~Marks() override { notes.setDocument(nullptr); } // nothing is left to ask about

    void save(const QString& to = {}) {
        QString error = "not yet";
        const auto done = QObject::connect(&notes, &AnnotationsModel::saved, &window,
                                           [&](const QString&, const QString& e) { error = e; });
        if (to.isEmpty())
            run("save");
        else
            notes.save(to);
        EXPECT_TRUE(waitUntil([&] { return error != "not yet"; }));
        EXPECT_EQ(error, "");
        QObject::disconnect(done);
    }
    QByteArray bytes(const QString& file) const {
        QFile in(file);
        EXPECT_TRUE(in.open(QIODevice::ReadOnly));
        return in.readAll();
    }
    // Answers the question that is asked next.
    void answer(QMessageBox::StandardButton button) {
        QTimer::singleShot(0, &window, [this, button] {
            auto* box = window.findChild<QMessageBox*>();
            ASSERT_NE(box, nullptr);
            box->button(button)->click();
        });
    }

    QTemporaryDir folder;
    QString path = folder.filePath("x.pcapng");
    AnnotationsModel& notes = viewer.annotations();
};

TEST_F(Marks, AreShownAndGoneTo) {
    select(4);
    run("mark");
    select(9);
    run("mark");
    EXPECT_TRUE(viewer.messages().index(4, 0).data(MarkedRole).toBool());
    EXPECT_FALSE(viewer.messages().index(5, 0).data(MarkedRole).toBool());
    EXPECT_TRUE(window.isWindowModified());
    select(0);
    run("nextMark");
    EXPECT_EQ(viewer.currentRow(), 4U);
    run("nextMark");
    EXPECT_EQ(viewer.currentRow(), 9U);
    run("previousMark");
    EXPECT_EQ(viewer.currentRow(), 4U);
    run("mark");
    EXPECT_EQ(notes.marks(), std::vector<std::uint64_t>({10}));
}

// Whether they are in the file already or not.
TEST_F(Marks, AreFoundByFilters) {
    const auto frames = [this](const char* filter) {
        EXPECT_TRUE(viewer.setFilter(filter));
        EXPECT_TRUE(waitUntil([this] { return !viewer.isFiltering(); }));
        std::vector<quint64> all;
        for (int row = 0; row < viewer.messages().rowCount(); ++row)
            all.push_back(viewer.messages().index(row, 0).data(FrameRole).toULongLong());
        return all;
    };
    using Frames = std::vector<quint64>;
    notes.setMarked({5}, true);
    EXPECT_EQ(frames("frame.marked"), Frames({5}));
    EXPECT_EQ(frames("frame.comment"), Frames());
    save();
    notes.setMarked({5}, false);
    notes.setMarked({7}, true);
    notes.setComment(9, "odd");
    EXPECT_EQ(frames("frame.marked"), Frames({7}));
    EXPECT_EQ(frames("frame.comment contains \"odd\""), Frames({9}));
}

TEST_F(Marks, OfAllSelectedMessagesAtOnce) {
    list->selectionModel()->select(
        QItemSelection(viewer.messages().index(2, 0), viewer.messages().index(4, 0)),
        QItemSelectionModel::ClearAndSelect);
    run("mark");
    EXPECT_EQ(notes.marks(), std::vector<std::uint64_t>({3, 4, 5}));
    run("mark");
    EXPECT_FALSE(notes.isModified());
}

TEST_F(Marks, AreSavedIntoTheOpenFileAndReadAgain) {
    select(4);
    run("mark");
    notes.setComment(7, "why <b>twice</b>?\nline");
    notes.setCaptureComment("from the lab");
    save();
    EXPECT_FALSE(window.isWindowModified());
    // What is open goes on with what it had.
    select(18);
    EXPECT_EQ(viewer.currentMessage()->error, "");
    notes.setMarked({9}, true);
    save();
    open(path);
    ASSERT_TRUE(waitUntil([this] { return !notes.marks().empty(); }));
    EXPECT_EQ(notes.marks(), std::vector<std::uint64_t>({5, 9}));
    EXPECT_EQ(notes.at(7).comment, "why <b>twice</b>?\nline");
    EXPECT_EQ(notes.captureComment(), "from the lab");
    EXPECT_FALSE(notes.isModified());
}

TEST_F(Marks, ThatAreTakenAwayLeaveTheFileAsItWas) {
    const QByteArray before = bytes(path);
    select(4);
    run("mark");
    save();
    EXPECT_NE(bytes(path), before);
    run("mark");
    save();
    EXPECT_EQ(bytes(path), before);
}

TEST_F(Marks, ThatCannotBeSavedAreKept) {
    select(4);
    run("mark");
    QString error;
    QObject::connect(&notes, &AnnotationsModel::saved, &window,
                     [&](const QString&, const QString& e) { error = e; });
    notes.save("/nowhere/x.pcapng");
    ASSERT_TRUE(waitUntil([&] { return !error.isEmpty(); }));
    EXPECT_TRUE(error.contains("/nowhere/")) << error.toStdString();
    EXPECT_TRUE(notes.isModified());
}

TEST_F(Marks, AreAskedAboutBeforeTheWindowCloses) {
    window.show();
    select(4);
    run("mark");
    answer(QMessageBox::Cancel);
    EXPECT_FALSE(window.close());
    answer(QMessageBox::Save);
    EXPECT_FALSE(window.close());
    ASSERT_TRUE(waitUntil([this] { return !window.isVisible(); }));
    EXPECT_FALSE(notes.isModified());
}

// A live capture is read the same way; without a question it would be gone with the window.
TEST_F(Marks, MessagesThatNoFileHoldsAreAskedAboutUntilTheyAreSaved) {
    const QString pipe = folder.filePath("pipe");
    ASSERT_EQ(mkfifo(pipe.toLocal8Bit().constData(), 0600), 0);
    QProcess writer;
    writer.start("sh", {"-c", "exec cat \"$0\" > \"$1\"", path, pipe});
    open(pipe);
    ASSERT_TRUE(waitUntil([this] { return viewer.document()->isIndexed(); }));
    EXPECT_TRUE(window.isWindowModified());
    window.show();
    answer(QMessageBox::Cancel);
    EXPECT_FALSE(window.close());
    answer(QMessageBox::Cancel);
    EXPECT_FALSE(window.openFile(path));
    EXPECT_TRUE(viewer.document()->isOnlyCopy());
    const QString kept = folder.filePath("kept.pcapng");
    save(kept);
    EXPECT_EQ(bytes(kept), bytes(path));
    EXPECT_FALSE(window.isWindowModified());
    EXPECT_TRUE(window.close());
    writer.waitForFinished();
}

TEST_F(Marks, CommentsAreWrittenInADialog) {
    select(6);
    run("comment");
    auto* dialog = window.findChild<CommentDialog*>();
    ASSERT_NE(dialog, nullptr);
    auto* text = dialog->findChild<QPlainTextEdit*>("commentText");
    QTest::keyClicks(text, "slow");
    dialog->accept();
    EXPECT_EQ(notes.at(7).comment, "slow");
    EXPECT_EQ(viewer.messages().index(6, 0).data(CommentRole).toString(), "slow");
}

} // namespace
} // namespace fusewire::gui

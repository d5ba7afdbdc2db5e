// What is exported is what `fusewire read` writes of the same messages.
#include "gui/models/capture_document.h"
#include "gui/models/export.h"
#include "gui/models/shell_command.h"
#include "tests/gui/waiting.h"

#include <gtest/gtest.h>

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <numeric>

namespace fusewire::gui {
namespace {

const QString samples = QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/");

class Export : public ::testing::Test {
  protected:
    void open(const QString& name) {
        path = samples + name;
        auto opened = CaptureDocument::open(path);
        ASSERT_TRUE(opened);
        document = std::move(*opened);
        ASSERT_TRUE(waitUntil([this] { return document->isIndexed(); }));
    }
    MessagesToExport messages(std::vector<Row> rows = {}) const {
        if (rows.empty()) {
            rows.resize(document->rows());
            std::iota(rows.begin(), rows.end(), Row{0});
        }
        return {document->capture(), document->input(), std::move(rows)};
    }
    MessageTextOptions text(TextForm form) const {
        MessageTextOptions options;
        options.form = form;
        options.timeOrigin_ns = timeOriginOf(document->index());
        options.columns = defaultColumns();
        return options;
    }
    QByteArray exported(const ExportFormat& format, std::vector<Row> rows = {}) {
        const QString out = folder.filePath("out");
        const QString error = exportMessages(messages(std::move(rows)), format, out.toStdString(),
                                             [](int) { return true; });
        EXPECT_EQ(error, "");
        QFile file(out);
        EXPECT_TRUE(file.open(QIODevice::ReadOnly));
        EXPECT_EQ(file.permissions() & (QFile::ReadGroup | QFile::ReadOther), 0);
        return file.readAll();
    }
    // Of the command line, or of the file that it writes with -w.
    QByteArray read(QStringList arguments) {
        QProcess process;
        process.start(FUSEWIRE_COMMAND, QStringList{"read", path} + arguments);
        EXPECT_TRUE(process.waitForFinished());
        EXPECT_EQ(process.exitCode(), 0) << process.readAllStandardError().toStdString();
        return process.readAllStandardOutput();
    }
    QByteArray written(const QStringList& arguments) {
        const QString out = folder.filePath("cli");
        read(QStringList{"-w", out} + arguments);
        QFile file(out);
        EXPECT_TRUE(file.open(QIODevice::ReadOnly));
        return file.readAll();
    }

    QString path;
    std::shared_ptr<CaptureDocument> document;
    QTemporaryDir folder;
};

TEST_F(Export, OfTextIsThatOfTheCommandLine) {
    for (const char* name : {"lookup-forget.pcapng", "lookup-handle-session.pcapng",
                             "two-connections.pcapng", "losses.pcapng", "compound-broken.pcapng"}) {
        open(name);
        EXPECT_EQ(exported(text(TextForm::lines)), read({"--color", "never"})) << name;
        EXPECT_EQ(exported(text(TextForm::json)), read({"-T", "json"})) << name;
        EXPECT_EQ(exported(text(TextForm::ndjson)), read({"-T", "ndjson"})) << name;
    }
}

TEST_F(Export, OfSomeMessagesIsThatOfAFilter) {
    open("lookup-handle-session.pcapng");
    const QStringList filter{"-Y", "frame.number in {3, 5..7, 18}"};
    const std::vector<Row> rows{2, 4, 5, 6, 17};
    EXPECT_EQ(exported(text(TextForm::lines), rows),
              read(QStringList{"--color", "never"} + filter));
    EXPECT_EQ(exported(text(TextForm::ndjson), rows), read(QStringList{"-T", "ndjson"} + filter));
    EXPECT_EQ(exported(FileFormat::pcapng, rows), written(filter));
}

TEST_F(Export, OfACaptureIsThatOfTheCommandLine) {
    for (const char* name : {"two-connections.pcapng", "losses.pcapng", "big-endian.pcapng"}) {
        open(name);
        EXPECT_EQ(exported(FileFormat::pcapng), written({})) << name;
        EXPECT_EQ(exported(FileFormat::pcap), written({"--format", "pcap"})) << name;
    }
}

TEST_F(Export, OfColumnsIsCsv) {
    open("lookup-forget.pcapng");
    MessageTextOptions csv = text(TextForm::csv);
    csv.columns = {{"Number", ColumnKind::field, "frame.number"},
                   {"Time", ColumnKind::time, {}},
                   {"", ColumnKind::direction, {}},
                   {"Latency, s", ColumnKind::field, "fuse.latency"},
                   {"Info", ColumnKind::info, {}}};
    EXPECT_EQ(exported(csv, {2, 9}).toStdString(),
              "Number,Time,direction,\"Latency, s\",Info\r\n"
              "3,0.000020,request,,\"\"\"docs\"\"\"\r\n"
              "10,0.000279,reply,0.000039000,\"\"\"gone\"\" ENOENT\"\r\n");
}

TEST_F(Export, ThatIsCancelledLeavesWhatWasThere) {
    open("lookup-forget.pcapng");
    QFile old(folder.filePath("out"));
    ASSERT_TRUE(old.open(QIODevice::WriteOnly));
    old.write("before");
    old.close();
    EXPECT_EQ(exportMessages(messages(), text(TextForm::lines), old.fileName().toStdString(),
                             [](int) { return false; }),
              "");
    ASSERT_TRUE(old.open(QIODevice::ReadOnly));
    EXPECT_EQ(old.readAll(), "before");
    EXPECT_EQ(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden).size(), 1);
}

TEST_F(Export, SaysWhyNot) {
    open("lookup-forget.pcapng");
    const QString error =
        exportMessages(messages(), FileFormat::pcapng, "/nowhere/x", [](int) { return true; });
    EXPECT_TRUE(error.contains("/nowhere/")) << error.toStdString();
}

TEST(ShellText, QuotesWhatAShellWouldTakeApart) {
    const ShellCommand& read = shellCommands().front();
    EXPECT_EQ(shellText(read, "/a/b-1.pcapng", ""), "fusewire read /a/b-1.pcapng");
    EXPECT_EQ(shellText(read, "-x", ""), "fusewire read ./-x");
    EXPECT_EQ(shellText(read, "/it's $HOME", "fuse.name == \"a b\""),
              "fusewire read '/it'\\''s $HOME' -Y 'fuse.name == \"a b\"'");
}

// The words that come out of a shell are those that went in.
TEST(ShellText, IsTakenAsItIsMeant) {
    for (const QString& word : {QString("a b"), QString("'\"`$(id)\\"), QString("x\ny"), QString(),
                                QString("~"), QString("é*?[a]{1,2}!#&;|<>")}) {
        QProcess shell;
        shell.start("sh", {"-c", "printf %s " + shellQuoted(word)});
        ASSERT_TRUE(shell.waitForFinished());
        EXPECT_EQ(QString::fromUtf8(shell.readAllStandardOutput()), word);
    }
}

} // namespace
} // namespace fusewire::gui

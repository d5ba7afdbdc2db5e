// What the actions on messages do that takes messages out of the viewer: copies and exports.
#include "gui/models/capture_properties.h"
#include "gui/models/listed_rows.h"
#include "gui/views/command_window.h"
#include "gui/views/message_actions.h"
#include "gui/views/text_window.h"

#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QProgressDialog>
#include <algorithm>
#include <array>
#include <numeric>

namespace fusewire::gui {

namespace {

// More text than that makes clipboards and editors slow.
constexpr std::size_t most_copied_bytes = std::size_t{16} << 20;

struct ExportKind {
    const char* filter; // of the file dialog
    const char* suffix;
    ExportFormat format;
};

#define TEXT(text) QT_TRANSLATE_NOOP("fusewire::gui::MessageActions", text)

MessageTextOptions form(TextForm form) {
    MessageTextOptions options;
    options.form = form;
    return options;
}

const std::vector<ExportKind>& exportKinds() {
    static const std::vector<ExportKind> all{
        {TEXT("pcapng capture (*.pcapng)"), "pcapng", FileFormat::pcapng},
        {TEXT("pcap capture (*.pcap)"), "pcap", FileFormat::pcap},
        {TEXT("Lines of text (*.txt)"), "txt", form(TextForm::lines)},
        {TEXT("Text with every field (*.txt)"), "txt", form(TextForm::tree)},
        {TEXT("JSON (*.json)"), "json", form(TextForm::json)},
        {TEXT("JSON, an object a line (*.ndjson)"), "ndjson", form(TextForm::ndjson)},
        {TEXT("Columns of the list (*.csv)"), "csv", form(TextForm::csv)},
    };
    return all;
}

#undef TEXT

void putOnClipboard(const QString& text) {
    QGuiApplication::clipboard()->setText(text);
}

} // namespace

MessagesToExport MessageActions::toExport(std::vector<Row> rows) const {
    return {viewer_.document()->capture(), viewer_.document()->input(), std::move(rows)};
}

MessageTextOptions MessageActions::textOptions(TextForm form) const {
    MessageTextOptions options;
    options.form = form;
    options.timeOrigin_ns = timeOriginOf(viewer_.document()->index());
    for (const Column& column : viewer_.messages().columns())
        if (!column.hidden)
            options.columns.push_back(column);
    options.time = viewer_.messages().timeFormat();
    return options;
}

void MessageActions::work(const QString& what, Task::Work work,
                          std::function<void(const QString&)> done) {
    if (task_)
        return emit viewer_.said(tr("another copy or export is not finished yet"));
    task_ = std::make_unique<Task>(std::move(work));
    auto* progress = new QProgressDialog(what, tr("Cancel"), 0, 100, window_);
    progress->setObjectName("taskProgress");
    progress->setWindowTitle(tr("fusewire"));
    progress->setAutoReset(false);
    connect(task_.get(), &Task::progressed, progress, &QProgressDialog::setValue);
    connect(progress, &QProgressDialog::canceled, this, [this, progress] {
        task_.reset();
        progress->deleteLater();
        emit viewer_.said(tr("it was cancelled"));
    });
    connect(task_.get(), &Task::finished, this,
            [this, progress, done = std::move(done)](const QString& error) {
                if (!task_)
                    return;
                task_.release()->deleteLater(); // it is its signal that is being served
                progress->deleteLater();
                done(error);
            });
    task_->start();
}

void MessageActions::copyMessagesAs(TextForm form) {
    const auto copied = std::make_shared<CopiedText>();
    const auto messages = toExport(selectedRows());
    const std::size_t wanted = messages.rows.size();
    work(
        tr("Copying messages…"),
        [messages, copied, options = textOptions(form)](const Task::Report& report) {
            return copyMessages(messages, options, most_copied_bytes, *copied, report);
        },
        [this, copied, wanted](const QString& error) {
            if (!error.isEmpty())
                return emit viewer_.failed(error);
            putOnClipboard(QString::fromStdString(copied->text));
            if (copied->messages < wanted)
                emit viewer_.said(
                    tr("only the first %Ln messages were copied; export them to have all", nullptr,
                       static_cast<int>(copied->messages)));
        });
}

void MessageActions::copyCell() {
    const QModelIndex cell = cell_.isValid() ? QModelIndex(cell_) : panes_.list->currentIndex();
    putOnClipboard(cell.data().toString());
}

void MessageActions::copyValue() {
    putOnClipboard(panes_.tree->currentIndex().siblingAtColumn(1).data().toString());
}

void MessageActions::copyName() {
    putOnClipboard(fieldTarget().field);
}

void MessageActions::copyFilter() {
    putOnClipboard(filterText(fieldTarget(), filterChoices().front(), {}));
}

QByteArray MessageActions::markedBytes() const {
    const ByteRange& marked = viewer_.marked();
    return viewer_.currentMessage()->bytes.mid(marked.offset, marked.width);
}

void MessageActions::copyBytesHex() {
    putOnClipboard(QString::fromLatin1(markedBytes().toHex(' ')));
}

void MessageActions::copyBytesEscaped() {
    QString text = QStringLiteral("\"");
    for (const char byte : markedBytes())
        text +=
            QStringLiteral("\\x%1").arg(static_cast<unsigned char>(byte), 2, 16, QLatin1Char('0'));
    putOnClipboard(text + QLatin1Char('"'));
}

void MessageActions::exportShown() {
    const ListedRows listed(viewer_.messages());
    std::vector<Row> rows(static_cast<std::size_t>(listed.count()));
    for (int i = 0; i < listed.count(); ++i)
        rows[static_cast<std::size_t>(i)] = listed[i];
    std::ranges::sort(rows);
    exportRows(std::move(rows));
}

void MessageActions::exportSelected() {
    exportRows(selectedRows());
}

void MessageActions::exportMarked() {
    std::vector<Row> rows;
    for (const std::uint64_t frame : viewer_.annotations().marks())
        rows.push_back(viewer_.document()->index().row_of_frame(frame));
    exportRows(std::move(rows));
}

void MessageActions::exportAll() {
    std::vector<Row> rows(viewer_.document()->rows());
    std::iota(rows.begin(), rows.end(), Row{0});
    exportRows(std::move(rows));
}

void MessageActions::exportRows(std::vector<Row> rows) {
    if (rows.empty())
        return emit viewer_.said(tr("there are no such messages"));
    QStringList filters;
    for (const ExportKind& kind : exportKinds())
        filters << tr(kind.filter);
    auto* dialog = new QFileDialog(
        window_, tr("Export messages: %Ln", nullptr, static_cast<int>(rows.size())));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName("exportDialog");
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters(filters);
    const auto showSuffix = [dialog, filters](const QString& filter) {
        const auto chosen =
            static_cast<std::size_t>(std::max<qsizetype>(0, filters.indexOf(filter)));
        dialog->setDefaultSuffix(QLatin1String(exportKinds()[chosen].suffix));
    };
    showSuffix(filters.first());
    connect(dialog, &QFileDialog::filterSelected, dialog, showSuffix);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, dialog, filters, rows = std::move(rows)](const QString& path) {
                exportTo(rows, path,
                         static_cast<int>(filters.indexOf(dialog->selectedNameFilter())));
            });
    dialog->open();
}

void MessageActions::exportTo(const std::vector<Row>& rows, const QString& path, int format) {
    ExportFormat chosen = exportKinds()[static_cast<std::size_t>(std::max(0, format))].format;
    if (auto* text = std::get_if<MessageTextOptions>(&chosen))
        *text = textOptions(text->form);
    work(
        tr("Exporting messages…"),
        [messages = toExport(rows), chosen, path = path.toStdString()](const Task::Report& report) {
            return exportMessages(messages, chosen, path, report);
        },
        [this, path, count = rows.size()](const QString& error) {
            if (!error.isEmpty())
                return emit viewer_.failed(error);
            emit viewer_.said(
                tr("messages in %1: %Ln", nullptr, static_cast<int>(count)).arg(path));
        });
}

void MessageActions::toggleReference() {
    TimeFormat format = viewer_.messages().timeFormat();
    const Row row = viewer_.currentRow();
    if (format.references.erase(row) == 0)
        format.references.insert(row);
    viewer_.messages().setTimeFormat(format);
}

bool MessageActions::isReference() const {
    return viewer_.messages().timeFormat().references.contains(viewer_.currentRow());
}

void MessageActions::showProperties() {
    showText(*window_, "properties", tr("Properties of the capture"), captureProperties(viewer_));
}

void MessageActions::showCommand() {
    auto* window = new CommandWindow(viewer_, window_);
    window->show();
}

} // namespace fusewire::gui

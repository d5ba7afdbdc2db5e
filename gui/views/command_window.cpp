#include "gui/views/command_window.h"

#include "gui/models/shell_command.h"

#include <QClipboard>
#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QProcess>
#include <QPushButton>
#include <QStandardPaths>
#include <QVBoxLayout>

namespace fusewire::gui {

namespace {

// What Debian calls the terminal of the desktop; empty: there is none.
QString terminal() {
    return QStandardPaths::findExecutable(QStringLiteral("x-terminal-emulator"));
}

} // namespace

CommandWindow::CommandWindow(Viewer& viewer, QWidget* parent)
    : QDialog(parent), viewer_(viewer), which_(new QComboBox), text_(new QPlainTextEdit) {
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName("commandWindow");
    setWindowTitle(tr("In a terminal"));
    which_->setObjectName("commandKind");
    which_->setAccessibleName(tr("What the command prints"));
    for (const ShellCommand& command : shellCommands())
        which_->addItem(tr(command.title));
    text_->setObjectName("commandText");
    text_->setAccessibleName(tr("Command"));
    text_->setReadOnly(true);
    text_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QPushButton* copyButton = buttons->addButton(tr("&Copy"), QDialogButtonBox::ActionRole);
    copyButton->setObjectName("commandCopy");
    QPushButton* runButton =
        buttons->addButton(tr("&Open in a terminal"), QDialogButtonBox::ActionRole);
    runButton->setObjectName("commandRun");
    runButton->setVisible(!terminal().isEmpty());
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(which_);
    layout->addWidget(text_);
    layout->addWidget(buttons);
    resize(fontMetrics().averageCharWidth() * 80, fontMetrics().height() * 12);
    connect(which_, &QComboBox::currentIndexChanged, this, &CommandWindow::showCommand);
    connect(&viewer_, &Viewer::filterChanged, this, &CommandWindow::showCommand);
    connect(&viewer_, &Viewer::documentChanged, this, &CommandWindow::showCommand);
    connect(copyButton, &QPushButton::clicked, this, &CommandWindow::copy);
    connect(runButton, &QPushButton::clicked, this, &CommandWindow::runInTerminal);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    showCommand();
}

void CommandWindow::showCommand() {
    const auto& document = viewer_.document();
    const auto which = static_cast<std::size_t>(which_->currentIndex());
    text_->setPlainText(document
                            ? shellText(shellCommands()[which], document->path(), viewer_.filter())
                            : QString());
}

void CommandWindow::copy() {
    QGuiApplication::clipboard()->setText(text_->toPlainText());
}

// The terminal stays open behind the command.
void CommandWindow::runInTerminal() {
    const QString command = text_->toPlainText() + QStringLiteral("; exec \"${SHELL:-sh}\"");
    if (!QProcess::startDetached(terminal(), {"-e", "sh", "-c", command}))
        emit viewer_.failed(tr("the terminal could not be started"));
}

} // namespace fusewire::gui

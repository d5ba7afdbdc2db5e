#include "gui/views/capture_actions.h"

#include "gui/views/live_dialog.h"

#include <QLocale>
#include <QSignalBlocker>
#include <QStyle>
#include <chrono>

namespace fusewire::gui {

CaptureActions::CaptureActions(Viewer& viewer, QAbstractItemView& list, MessageBar& messages,
                               QWidget* window, const Launcher& launcher)
    : QObject(window), viewer_(viewer), messages_(messages), window_(window), launcher_(launcher),
      live_(launcher), scroll_(new AutoScroll(list)), menu_(new QMenu(tr("&Capture"), window)),
      toolBar_(new QToolBar(tr("Capture"), window)), status_(new QLabel) {
    menu_->setObjectName("captureMenu");
    toolBar_->setObjectName("captureTools");
    status_->setObjectName("captureStatus");
    status_->setAccessibleName(tr("Capture"));
    status_->setTextFormat(Qt::PlainText);
    toolBar_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    makeActions();
    connectCapture();
    connectViewer();
    showState();
}

QAction* CaptureActions::add(const char* name, const QString& text, const char* icon,
                             const QKeySequence& key) {
    QAction* action = menu_->addAction(text);
    action->setObjectName(name);
    action->setIcon(QIcon::fromTheme(icon));
    action->setShortcut(key);
    toolBar_->addAction(action);
    return action;
}

void CaptureActions::makeActions() {
    start_ = add("captureStart", tr("&Start…"), "media-record", QKeySequence(tr("Ctrl+K")));
    stop_ = add("captureStop", tr("S&top"), "media-playback-stop", QKeySequence(tr("Ctrl+E")));
    restart_ =
        add("captureRestart", tr("&Restart"), "view-refresh", QKeySequence(tr("Ctrl+Shift+K")));
    menu_->addSeparator();
    toolBar_->addSeparator();
    follow_ =
        add("followFile", tr("&Follow the file"), "go-down", QKeySequence(tr("Ctrl+Shift+L")));
    autoScroll_ =
        add("autoScroll", tr("&Auto-scroll"), "go-bottom", QKeySequence(tr("Ctrl+Shift+A")));
    follow_->setCheckable(true);
    autoScroll_->setCheckable(true);
    autoScroll_->setChecked(scroll_->isOn());
    start_->setToolTip(tr("Choose connections and capture them"));
    restart_->setToolTip(tr("Capture the same once more"));
    follow_->setToolTip(tr("Show what is written behind the end of the file"));
    autoScroll_->setToolTip(tr("Keep the newest message in sight"));
    connect(start_, &QAction::triggered, this, &CaptureActions::choose);
    connect(stop_, &QAction::triggered, &live_, &LiveCapture::stop);
    connect(restart_, &QAction::triggered, this, &CaptureActions::restart);
    connect(follow_, &QAction::triggered, this, &CaptureActions::follow);
    connect(autoScroll_, &QAction::triggered, scroll_, &AutoScroll::setOn);
    connect(scroll_, &AutoScroll::changed, autoScroll_, &QAction::setChecked);
}

void CaptureActions::connectCapture() {
    connect(&live_, &LiveCapture::stateChanged, this, &CaptureActions::showState);
    connect(&live_, &LiveCapture::captureBegan, this,
            [this](const std::shared_ptr<CaptureDocument>& document) {
                messages_.clear();
                if (viewer_.filter() != live_.choice().displayFilter)
                    viewer_.setFilter(live_.choice().displayFilter);
                viewer_.show(document);
            });
    connect(&live_, &LiveCapture::said, this,
            [this](const QString& text) { messages_.say(text, MessageBar::Weight::note); });
    connect(&live_, &LiveCapture::failed, this,
            [this](const QString& text) { messages_.say(text, MessageBar::Weight::error); });
    connect(&second_, &QTimer::timeout, this, &CaptureActions::showStatus);
}

void CaptureActions::connectViewer() {
    connect(&viewer_, &Viewer::documentChanged, this, &CaptureActions::showDocument);
    connect(&viewer_, &Viewer::followingChanged, this, &CaptureActions::showState);
}

// A capture that nobody sees any more is not wanted any more.
void CaptureActions::showDocument() {
    const auto& document = viewer_.document();
    if (live_.isActive() && live_.document() && live_.document() != document)
        live_.stop();
    connect(document.get(), &CaptureDocument::indexed, this, &CaptureActions::showEnd);
    // The first message becomes the current one, which is no wish to stay there.
    const auto goToEnd = [this] { scroll_->setOn(true); };
    if (document->isFollowing() && document->rows() == 0)
        connect(document.get(), &CaptureDocument::grew, this, goToEnd, Qt::SingleShotConnection);
    else if (document->isFollowing() && document->isCopy())
        QTimer::singleShot(0, this, goToEnd);
    showState();
}

void CaptureActions::showEnd(const QString& error, const QStringList& warnings) {
    if (!error.isEmpty())
        messages_.say(error, MessageBar::Weight::error);
    for (const QString& warning : warnings)
        messages_.say(warning, MessageBar::Weight::warning);
}

void CaptureActions::showState() {
    const bool going = live_.state() == LiveCapture::State::starting ||
                       live_.state() == LiveCapture::State::running;
    const bool following = viewer_.isFollowing();
    start_->setEnabled(!live_.isActive());
    stop_->setEnabled(going);
    restart_->setEnabled(live_.hasChoice());
    follow_->setEnabled(viewer_.document() && (following || !viewer_.document()->isCopy()) &&
                        !live_.isActive());
    follow_->setChecked(following);
    scroll_->setLive(following);
    if (live_.isActive())
        second_.start(std::chrono::seconds(1));
    else
        second_.stop();
    showStatus();
}

void CaptureActions::showStatus() {
    const QString size = QLocale().formattedDataSize(live_.bytes());
    switch (live_.state()) {
    case LiveCapture::State::idle:
        status_->clear();
        break;
    case LiveCapture::State::starting:
        status_->setText(tr("starting to capture…"));
        break;
    case LiveCapture::State::running:
        status_->setText(tr("capturing: %1 s, %2").arg(live_.seconds()).arg(size));
        break;
    case LiveCapture::State::stopping:
        status_->setText(tr("ending the capture…"));
        break;
    }
    status_->setVisible(!status_->text().isEmpty());
}

void CaptureActions::follow(bool follows) {
    viewer_.setFollowing(follows);
    showState();
}

void CaptureActions::choose() {
    auto* dialog = new LiveDialog(launcher_, window_);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    LiveChoice before = live_.choice();
    before.displayFilter = viewer_.filter();
    dialog->setChoice(before);
    connect(dialog, &LiveDialog::chosen, this, &CaptureActions::start);
    dialog->open();
}

void CaptureActions::restart() {
    if (mayReplace_([this] { restart(); }))
        live_.restart();
}

void CaptureActions::start(const LiveChoice& choice) {
    if (!mayReplace_([this, choice] { start(choice); }))
        return;
    messages_.clear();
    if (const QString problem = live_.start(choice); !problem.isEmpty())
        messages_.say(problem, MessageBar::Weight::error);
}

} // namespace fusewire::gui

#include "gui/views/main_window.h"

#include "gui/views/app_icon.h"
#include "gui/views/help_menu.h"
#include "gui/views/panel.h"
#include "gui/views/status_line.h"

#include <QAction>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHeaderView>
#include <QMenuBar>
#include <QMimeData>
#include <QScreen>
#include <QScrollArea>
#include <QSplitter>
#include <QStatusBar>
#include <QVBoxLayout>

namespace fusewire::gui {

namespace {

// On a small screen a panel is scrolled, and the window stays as small as its user wants it. To begin with
// all panels have the same room.
class PanelArea : public QScrollArea {
  public:
    explicit PanelArea(QWidget* panel) {
        setFrameShape(NoFrame);
        setWidgetResizable(true);
        setFocusProxy(panel);
        setWidget(panel);
    }
    QSize sizeHint() const override {
        return {fontMetrics().averageCharWidth() * 40, fontMetrics().height() * 17};
    }
};

} // namespace

MainWindow::MainWindow()
    : filterBar_(new FilterBar), list_(new MessageListView), tree_(new FieldTreeView(viewer_)),
      hex_(new HexView), pages_(new QStackedWidget), start_(new StartPage),
      messages_(new MessageBar(this)),
      capture_(new CaptureActions(viewer_, *list_, *messages_, this)) {
    setWindowTitle(tr("fusewire"));
    setWindowIcon(appIcon());
    setAcceptDrops(true);
    resize(screen()->availableSize() * 4 / 5);
    buildPanes();
    statusBar()->addWidget(new StatusLine(viewer_), 1);
    remembered_ = new Remembered(*this, viewer_, *filterBar_, {list_, tree_, hex_});
    remembered_->keepSplitters("window", *centralWidget());
    buildMenus();
    connectViewer();
    remembered_->restoreWindow();
    start_->setRecentFiles(remembered_->settings().recentFiles());
}

// What shows the viewer goes before it.
MainWindow::~MainWindow() {
    delete remembered_;
    delete capture_;
    delete actions_;
    qDeleteAll(findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
}

void MainWindow::buildPanes() {
    MessageListModel& messages = viewer_.messages();
    list_->setModel(&messages);
    list_->setAccessibleName(tr("Messages"));
    list_->setObjectName("messages");
    hex_->setObjectName("bytes");

    actions_ = new MessageActions(viewer_, {list_, tree_, hex_}, this);

    auto* lower = new QSplitter(Qt::Horizontal);
    lower->setObjectName("treeAndBytes");
    lower->addWidget(tree_);
    lower->addWidget(hex_);
    lower->setSizes({100, 100});
    auto* panes = new QSplitter(Qt::Vertical);
    panes->setObjectName("listAndDetails");
    panes->addWidget(list_);
    panes->addWidget(lower);
    panes->setSizes({300, 200});
    auto* capture = new QWidget;
    auto* inside = new QVBoxLayout(capture);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(0);
    inside->addWidget(filterBar_);
    inside->addWidget(panes, 1);
    inside->addWidget(actions_->findBar());
    pages_->addWidget(start_);
    pages_->addWidget(capture);
    auto* central = new QWidget;
    auto* layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(messages_);
    layout->addWidget(pages_, 1);
    setCentralWidget(central);
}

void MainWindow::buildMenus() {
    QMenu* file = menuBar()->addMenu(tr("&File"));
    file->addAction(tr("&Open…"), QKeySequence::Open, this, &MainWindow::chooseFile);
    actions_->fill(*file, in_file);
    file->addSeparator();
    file->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);
    actions_->fill(*menuBar()->addMenu(tr("&Edit")), in_edit);
    QMenu* view = menuBar()->addMenu(tr("&View"));
    QMenu* columns = view->addMenu(tr("&Columns"));
    connect(columns, &QMenu::aboutToShow, this, [this, columns] {
        columns->clear();
        list_->header()->fillMenu(*columns, -1);
    });
    remembered_->fillMenu(*view);
    view->addSeparator();
    for (const PanelKind& kind : panelKinds())
        addPanel(kind, *view);
    actions_->fill(*view, in_view);
    QMenu* go = menuBar()->addMenu(tr("&Go"));
    go->addAction(tr("Request or &reply of this message"), QKeySequence(tr("Ctrl+R")), &viewer_,
                  &Viewer::goToPartner);
    go->addAction(tr("&Filter"), QKeySequence(tr("Ctrl+/")), this,
                  [this] { filterBar_->edit()->setFocus(); });
    go->addAction(tr("Ne&xt finding"), QKeySequence(tr("F8")), &viewer_,
                  [this] { viewer_.goToNextFinding(); });
    go->addAction(tr("Pre&vious finding"), QKeySequence(tr("Shift+F8")), &viewer_,
                  [this] { viewer_.goToPreviousFinding(); });
    actions_->fill(*go, in_go);
    menuBar()->addMenu(capture_->menu());
    addToolBar(capture_->toolBar());
    statusBar()->addPermanentWidget(capture_->status());
    actions_->fill(*menuBar()->addMenu(tr("&Tools")), in_tools);
    fillHelpMenu(*menuBar()->addMenu(tr("&Help")), *this);
}

// Panels on one side share its place, as tabs.
void MainWindow::placeDock(QDockWidget& dock, Qt::DockWidgetArea area) {
    QDockWidget* neighbour = nullptr;
    for (QDockWidget* other : findChildren<QDockWidget*>())
        if (other != &dock && dockWidgetArea(other) == area)
            neighbour = other;
    addDockWidget(area, &dock);
    if (neighbour != nullptr)
        tabifyDockWidget(neighbour, &dock);
}

void MainWindow::addPanel(const PanelKind& kind, QMenu& menu) {
    auto* dock = new QDockWidget(tr(kind.title).remove('&'), this);
    dock->setObjectName(kind.id);
    placeDock(*dock, kind.area);
    dock->hide();
    connect(dock, &QDockWidget::visibilityChanged, this, [this, dock, &kind](bool shown) {
        if (shown && dock->widget() == nullptr)
            fillDock(*dock, kind);
    });
    auto* action = new QAction(tr(kind.title), dock);
    action->setShortcut(QKeySequence(QString::fromLatin1(kind.shortcut)));
    action->setCheckable(true);
    connect(dock->toggleViewAction(), &QAction::toggled, action, &QAction::setChecked);
    // What is behind another panel comes to the front; what is in front goes.
    connect(action, &QAction::triggered, dock, [this, dock, action] {
        const bool inFront = dock->isVisible() && !dock->visibleRegion().isEmpty();
        if (inFront && dock->isAncestorOf(focusWidget()))
            list_->setFocus(); // otherwise it would be the filter, where keys are text
        dock->setVisible(!inFront);
        if (!inFront)
            dock->raise();
        action->setChecked(!inFront);
    });
    menu.addAction(action);
}

// A panel may put counts into its title.
void MainWindow::fillDock(QDockWidget& dock, const PanelKind& kind) {
    QWidget* panel = kind.make(viewer_);
    connect(panel, &QWidget::windowTitleChanged, &dock, &QWidget::setWindowTitle);
    if (!panel->windowTitle().isEmpty())
        dock.setWindowTitle(panel->windowTitle());
    dock.setWidget(new PanelArea(panel));
    remembered_->keepSplitters(kind.id, *panel);
}

void MainWindow::connectViewer() {
    connect(list_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (current.isValid())
                    viewer_.setCurrentRow(viewer_.messages().indexRow(current.row()));
            });
    connect(hex_, &HexView::byteClicked, this,
            [this](std::uint32_t offset) { viewer_.goTo(viewer_.currentRow(), offset); });
    capture_->setMayReplace([this](const auto& then) { return actions_->mayClose(then); });
    connect(actions_, &MessageActions::endWanted, &capture_->live(), &LiveCapture::stop);
    connect(&viewer_, &Viewer::columnWanted, this, [this](const QString& field) {
        viewer_.messages().addFieldColumn(field);
        emit viewer_.said(tr("%1 has a column").arg(field));
    });
    connect(filterBar_, &FilterBar::applied, &viewer_, &Viewer::setFilter);
    connect(filterBar_, &FilterBar::cancelled, &viewer_, &Viewer::cancelFilter);
    connect(filterBar_, &FilterBar::left, list_, qOverload<>(&QWidget::setFocus));
    connect(&viewer_, &Viewer::filterProgressed, filterBar_, &FilterBar::showProgress);
    connect(&viewer_, &Viewer::filterFinished, filterBar_, &FilterBar::showFinished);
    connect(start_, &StartPage::openWanted, this, &MainWindow::chooseFile);
    connect(start_, &StartPage::captureWanted, capture_, &CaptureActions::choose);
    connect(start_, &StartPage::fileWanted, this, [this](const QString& path) { openFile(path); });
    connect(&viewer_, &Viewer::documentChanged, this, &MainWindow::showDocument);
    connect(&viewer_, &Viewer::currentRowChanged, this, &MainWindow::showCurrentRow);
    connect(&viewer_, &Viewer::currentMessageChanged, this,
            [this](const MessagePtr& message) { hex_->setBytes(message->bytes); });
    connect(&viewer_, &Viewer::markedChanged, this,
            [this](const ByteRange& bytes) { hex_->mark(bytes.offset, bytes.width); });
    connect(&viewer_, &Viewer::filterFinished, this,
            [this] { showCurrentRow(viewer_.currentRow()); });
    connect(&viewer_, &Viewer::filterChanged, filterBar_->edit(), [this](const QString& text) {
        if (filterBar_->text() != text)
            filterBar_->edit()->setText(text);
    });
    connect(&viewer_, &Viewer::filterPrepared, filterBar_->edit(), [this](const QString& text) {
        filterBar_->edit()->setText(text);
        filterBar_->edit()->setFocus();
    });
    connect(&viewer_.messages(), &QAbstractItemModel::modelReset, this,
            &MainWindow::markCurrentRow);
    connect(&viewer_.messages(), &MessageListModel::sortFinished, this,
            [this](const QString& error) {
                if (!error.isEmpty())
                    statusBar()->showMessage(error, 10'000);
            });
    connect(&viewer_.annotations(), &AnnotationsModel::changed, this,
            [this] { setWindowModified(viewer_.annotations().isModified()); });
    connect(&viewer_, &Viewer::failed, this,
            [this](const QString& text) { messages_->say(text, MessageBar::Weight::error); });
    connect(&viewer_, &Viewer::said, this,
            [this](const QString& text) { statusBar()->showMessage(text, 10'000); });
}

void MainWindow::chooseFile() {
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Open a capture"), {}, tr("Captures (*.pcapng *.pcap);;All files (*)"));
    if (!path.isEmpty())
        openFile(path);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    event->setAccepted(actions_->mayClose([this] { close(); }));
}

bool MainWindow::openFile(const QString& path, Follow follow) {
    if (!actions_->mayClose([this, path, follow] { openFile(path, follow); }))
        return false;
    messages_->clear();
    const QString error = viewer_.open(path, follow);
    if (!error.isEmpty())
        messages_->say(error, MessageBar::Weight::error);
    else
        remembered_->settings().addRecentFile(QFileInfo(path).absoluteFilePath());
    return error.isEmpty();
}

void MainWindow::showDocument() {
    const auto document = viewer_.document();
    setWindowTitle(tr("%1[*] – fusewire").arg(document->title()));
    hex_->setBytes({});
    pages_->setCurrentIndex(pages_->count() - 1);
    list_->setFocus();
}

void MainWindow::showCurrentRow(Row row) {
    const int listed = row == no_row ? -1 : viewer_.messages().modelRow(row);
    const QModelIndex index = viewer_.messages().index(listed, 0);
    if (listed >= 0 && list_->currentIndex().row() != listed)
        list_->setCurrentIndex(index);
    else if (listed < 0)
        list_->selectionModel()->clear();
    list_->scrollTo(index);
}

// After the rows changed places: what the user looks at stays where it is.
void MainWindow::markCurrentRow() {
    const Row row = viewer_.currentRow();
    const int listed = row == no_row ? -1 : viewer_.messages().modelRow(row);
    list_->setAutoScroll(false);
    if (listed >= 0)
        list_->setCurrentIndex(viewer_.messages().index(listed, 0));
    list_->setAutoScroll(true);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    openFile(event->mimeData()->urls().first().toLocalFile());
}

} // namespace fusewire::gui

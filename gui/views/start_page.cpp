#include "gui/views/start_page.h"

#include "gui/views/app_icon.h"

#include <QCommandLinkButton>
#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace fusewire::gui {

namespace {

QCommandLinkButton* linkButton(const char* name, const QString& text, const QString& description) {
    auto* button = new QCommandLinkButton(text, description);
    button->setObjectName(name);
    button->setAccessibleName(text);
    button->setAccessibleDescription(description);
    return button;
}

} // namespace

StartPage::StartPage(QWidget* parent)
    : QWidget(parent), recent_(new QListWidget), recentBox_(new QWidget) {
    setObjectName("start");
    auto* title = new QLabel(tr("fusewire"));
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 2);
    title->setFont(large);
    auto* icon = new QLabel;
    icon->setPixmap(appIcon().pixmap(QFontMetrics(large).height() * 2));
    auto* head = new QHBoxLayout;
    head->addWidget(icon);
    head->addWidget(title);
    head->addStretch(1);

    auto* open =
        linkButton("startOpen", tr("&Open a capture…"),
                   tr("pcapng and pcap, also compressed. Files can be dropped here, too."));
    auto* capture = linkButton("startCapture", tr("&Capture live…"),
                               tr("Choose a mounted FUSE file system, and see what crosses it."));
    connect(open, &QCommandLinkButton::clicked, this, &StartPage::openWanted);
    connect(capture, &QCommandLinkButton::clicked, this, &StartPage::captureWanted);

    recent_->setObjectName("startRecent");
    recent_->setAccessibleName(tr("Recent captures"));
    connect(recent_, &QListWidget::itemActivated, this, [this](const QListWidgetItem* item) {
        emit fileWanted(item->data(Qt::UserRole).toString());
    });
    auto* label = new QLabel(tr("&Recent captures"));
    label->setBuddy(recent_);
    auto* box = new QVBoxLayout(recentBox_);
    box->setContentsMargins(0, 0, 0, 0);
    box->addWidget(label);
    box->addWidget(recent_);
    recentBox_->hide();

    auto* inside = new QVBoxLayout;
    inside->addLayout(head);
    inside->addWidget(open);
    inside->addWidget(capture);
    inside->addWidget(recentBox_, 1);
    inside->addStretch(1);
    auto* layout = new QHBoxLayout(this);
    layout->addStretch(1);
    layout->addLayout(inside, 3);
    layout->addStretch(1);
}

void StartPage::setRecentFiles(const QStringList& paths) {
    recent_->clear();
    for (const QString& path : paths) {
        const QFileInfo file(path);
        auto* item = new QListWidgetItem(
            tr("%1  –  %2").arg(file.fileName(), QDir::toNativeSeparators(file.path())), recent_);
        item->setData(Qt::UserRole, path);
    }
    recentBox_->setVisible(!paths.isEmpty());
}

} // namespace fusewire::gui

// FieldTreeView: the fields of the current message. What is open stays open from one message to the
// next, by the name of the field.
#pragma once

#include "gui/models/viewer.h"

#include <QSet>
#include <QTreeView>

namespace fusewire::gui {

class FieldTreeView : public QTreeView {
    Q_OBJECT

  public:
    explicit FieldTreeView(Viewer& viewer, QWidget* parent = nullptr);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void showMessage();
    void showMarked(const ByteRange& bytes);
    void remember(const QModelIndex& field, bool open);
    void openAsBefore(const QModelIndex& below);
    void fitNames();
    QString pathOf(const QModelIndex& field) const;

    Viewer& viewer_;
    QSet<QString> open_;   // paths that were opened by hand
    QSet<QString> closed_; // and closed
    bool opening_ = false; // what opens now is not by hand
    bool fitting_ = false; // nor is a width that changes now
    bool sizedByUser_ = false;
};

} // namespace fusewire::gui

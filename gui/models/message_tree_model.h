// MessageTreeModel: the fields of one message as a tree of two columns, and the way between a field and
// its bytes.
#pragma once

#include "gui/models/message_snapshot.h"

#include <QAbstractItemModel>
#include <vector>

namespace fusewire::gui {

enum TreeRole : int {
    OffsetRole = Qt::UserRole + 1, // of the bytes in the message
    WidthRole,                     // 0: generated
    FieldRole,                     // name for filters
    LiteralRole,                   // value for filters
    NamedFrameRole,                // another message, of a field that names one; 0: it names none
};

class MessageTreeModel : public QAbstractItemModel {
    Q_OBJECT

  public:
    using QAbstractItemModel::QAbstractItemModel;

    void setMessage(MessagePtr message);
    const MessagePtr& message() const { return message_; }

    // The deepest field that holds the byte; invalid: none does.
    QModelIndex fieldAt(std::uint32_t offset) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    struct Place {
        int parent = -1; // index of the row above; -1: none
        int row = 0;     // among its siblings
        std::vector<int> children;
    };

    const std::vector<int>& childrenOf(const QModelIndex& parent) const;
    QModelIndex indexOf(int item) const;

    MessagePtr message_;
    std::vector<Place> places_; // of each row of the tree
    std::vector<int> top_;
};

} // namespace fusewire::gui

#include "gui/models/message_tree_model.h"

#include <algorithm>

namespace fusewire::gui {

void MessageTreeModel::setMessage(MessagePtr message) {
    beginResetModel();
    message_ = std::move(message);
    places_.clear();
    top_.clear();
    std::vector<int> above; // by depth
    const std::size_t count = message_ ? message_->tree.size() : 0;
    places_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        above.resize(std::min<std::size_t>(message_->tree[i].depth, above.size()));
        Place& place = places_[i];
        place.parent = above.empty() ? -1 : above.back();
        std::vector<int>& siblings =
            place.parent < 0 ? top_ : places_[static_cast<std::size_t>(place.parent)].children;
        place.row = static_cast<int>(siblings.size());
        siblings.push_back(static_cast<int>(i));
        above.push_back(static_cast<int>(i));
    }
    endResetModel();
}

QModelIndex MessageTreeModel::fieldAt(std::uint32_t offset) const {
    int found = -1;
    for (std::size_t i = 0; message_ && i < message_->tree.size(); ++i) {
        const TreeRow& row = message_->tree[i];
        if (row.width != 0 && offset >= row.offset && offset - row.offset < row.width)
            found = static_cast<int>(i);
    }
    return indexOf(found);
}

QModelIndex MessageTreeModel::indexOf(int item) const {
    return item < 0 ? QModelIndex()
                    : createIndex(places_[static_cast<std::size_t>(item)].row, 0,
                                  static_cast<quintptr>(item));
}

const std::vector<int>& MessageTreeModel::childrenOf(const QModelIndex& parent) const {
    return parent.isValid() ? places_[parent.internalId()].children : top_;
}

QModelIndex MessageTreeModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent))
        return {};
    const int item = childrenOf(parent)[static_cast<std::size_t>(row)];
    return createIndex(row, column, static_cast<quintptr>(item));
}

QModelIndex MessageTreeModel::parent(const QModelIndex& child) const {
    return child.isValid() ? indexOf(places_[child.internalId()].parent) : QModelIndex();
}

int MessageTreeModel::rowCount(const QModelIndex& parent) const {
    return parent.column() > 0 ? 0 : static_cast<int>(childrenOf(parent).size());
}

int MessageTreeModel::columnCount(const QModelIndex&) const {
    return 2;
}

QVariant MessageTreeModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const TreeRow& row = message_->tree[index.internalId()];
    switch (role) {
    case Qt::DisplayRole:
        return QString::fromStdString(index.column() == 0 ? row.label : row.value);
    case Qt::ToolTipRole:
        return QString::fromStdString(row.field);
    case OffsetRole:
        return row.offset;
    case WidthRole:
        return row.width;
    case FieldRole:
        return QString::fromStdString(row.field);
    case LiteralRole:
        return QString::fromStdString(row.literal);
    case NamedFrameRole:
        return static_cast<quint64>(row.frame);
    default:
        return {};
    }
}

QVariant MessageTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == 0 ? tr("Field") : tr("Value");
}

} // namespace fusewire::gui

// ShownObjects: the nodes and fhandles that the listed messages are about, for panels that follow the
// display filter. A thread of its own decodes the messages that the filter left, as they come.
#pragma once

#include "capture/indexer.h"
#include "dissector/mentions.h"
#include "gui/models/message_list_model.h"

#include <QMetaType>
#include <QObject>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

namespace fusewire::gui {

// Nodes and fhandles that some messages name: as what they are about, in an entry, a FORGET, an
// extension or a notification. Does not change any more.
struct ShownObjects {
    using Key = std::pair<std::uint32_t, std::uint64_t>; // connection, nodeid
    struct KeyHash {
        std::size_t operator()(const Key& key) const {
            return key.second * 0x9e3779b97f4a7c15u ^ key.first;
        }
    };
    std::unordered_set<Key, KeyHash> nodes;
    std::set<std::pair<std::uint32_t, std::string>> fhandles; // connection, bytes
};
using ShownObjectsPtr = std::shared_ptr<const ShownObjects>;

// Decodes rows that are given to it, and says what they name so far.
class MentionReader : public QObject {
    Q_OBJECT

  public:
    explicit MentionReader(std::shared_ptr<const Indexer> capture);
    // Cancels what is not read yet.
    ~MentionReader() override;

    void add(const std::vector<Row>& rows);

  signals:
    // From the reader's thread, now and then, and when there is nothing left to read.
    void read(const fusewire::gui::ShownObjectsPtr& shown);

  private:
    void run();
    void readRow(FrameDecoder& decoder, Row row, ShownObjects& shown);

    std::shared_ptr<const Indexer> capture_;
    std::mutex mutex_; // of the two below
    std::condition_variable asked_;
    std::vector<Row> rows_;
    bool ends_ = false;
    Mentions mentions_;
    std::thread thread_;
};

// Follows the list of messages as a filter fills it.
class FilterFollower : public QObject {
    Q_OBJECT

  public:
    explicit FilterFollower(MessageListModel& messages, QObject* parent = nullptr);
    ~FilterFollower() override;

    // Before, and while there is no capture, it follows nothing.
    void setCapture(std::shared_ptr<const Indexer> capture);
    void setEnabled(bool enabled);
    // Null: everything is shown.
    const ShownObjectsPtr& shown() const { return shown_; }

  signals:
    void changed();

  private:
    void restart();
    void addRows(int first, int last);
    void take(const ShownObjectsPtr& shown);

    MessageListModel& messages_;
    std::shared_ptr<const Indexer> capture_;
    std::unique_ptr<MentionReader> reader_;
    ShownObjectsPtr shown_;
    bool enabled_ = false;
};

} // namespace fusewire::gui

Q_DECLARE_METATYPE(fusewire::gui::ShownObjectsPtr)

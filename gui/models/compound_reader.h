// CompoundReader: decodes a message and the one that answers it, or that it answers, in a thread of its
// own, and takes a compound apart into its operations.
#pragma once

#include "capture/indexer.h"
#include "dissector/render/tree.h"

#include <QMetaType>
#include <QObject>
#include <QString>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace fusewire::gui {

// An operation of a compound, or, the first of them, the compound itself, as one side has it.
struct CompoundPart {
    QString name;
    QString summary;
    std::uint32_t offset = 0; // in the message
    std::uint32_t width = 0;
    std::vector<TreeRow> fields; // those of its operations are not among them
};

struct CompoundSide {
    Row row = no_row; // no_row: it is not in the capture
    std::uint64_t frame = 0;
    std::vector<CompoundPart> parts;
};

// Does not change any more.
struct CompoundExchange {
    Row asked = no_row; // for which it was read
    CompoundSide request;
    CompoundSide reply;
    bool isCompound() const { return request.parts.size() > 1 || reply.parts.size() > 1; }
    bool holds(Row row) const { return row != no_row && (row == request.row || row == reply.row); }
};

using CompoundPtr = std::shared_ptr<const CompoundExchange>;

class CompoundReader : public QObject {
    Q_OBJECT

  public:
    explicit CompoundReader(std::shared_ptr<const Indexer> capture);
    ~CompoundReader() override;

    // What was asked before, and is not read yet, is forgotten.
    void ask(Row row);

  signals:
    // From the reader's thread.
    void read(const fusewire::gui::CompoundPtr& exchange);

  private:
    void run();

    std::shared_ptr<const Indexer> capture_;
    std::mutex mutex_; // of the three below
    std::condition_variable asked_;
    std::optional<Row> wanted_;
    bool ends_ = false;
    std::thread thread_;
};

} // namespace fusewire::gui

Q_DECLARE_METATYPE(fusewire::gui::CompoundPtr)

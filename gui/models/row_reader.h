// RowReader: decodes what a window shows in a thread of its own, so that scrolling never waits. What is
// asked for last is read first, and what nobody looks at any more is not read at all.
#pragma once

#include "capture/indexer.h"
#include "gui/models/coloring.h"
#include "gui/models/column.h"
#include "gui/models/frame_findings.h"
#include "gui/models/message_snapshot.h"

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

struct CellText {
    QString shown;
    QString exact; // what filters compare with, where that is less readable; null: the same
};

// The cells of a row, in the order of the columns, and the colouring rule that it gets; -1: none.
struct RowCells {
    Row row = no_row;
    std::vector<CellText> cells;
    int rule = -1;
};
using CellsBatch = std::vector<RowCells>;

class RowReader : public QObject {
    Q_OBJECT

  public:
    RowReader(std::shared_ptr<const Indexer> capture, const std::vector<Column>& columns,
              const std::vector<ColoringRule>& rules = {});
    ~RowReader() override;

    // Asks for the cells of rows. Forgets what was asked for before and is not read yet.
    void askCells(std::vector<Row> rows);
    // What cells and rules may ask about findings from now on.
    void setJudged(const JudgedPtr& judged);
    // The same for the panes.
    void askMessage(Row row);

  signals:
    // From the reader's thread.
    void cellsRead(const fusewire::gui::CellsBatch& batch);
    void messageRead(const fusewire::gui::MessagePtr& message);

  private:
    struct Cell; // how a column is filled

    void run();
    void readCells(FrameDecoder& decoder, const std::vector<Row>& rows);
    MessagePtr readMessage(FrameDecoder& decoder, Row row) const;

    std::shared_ptr<const Indexer> capture_;
    std::vector<Cell> columns_;
    Coloring coloring_;
    FrameFindings findings_;
    std::mutex mutex_; // of the five below
    std::condition_variable asked_;
    JudgedPtr judged_; // not in findings_ yet
    std::vector<Row> rows_;
    std::optional<Row> message_;
    bool ends_ = false;
    std::thread thread_;
};

} // namespace fusewire::gui

Q_DECLARE_METATYPE(fusewire::gui::CellsBatch)

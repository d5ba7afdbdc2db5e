// MessageListModel: the messages of a capture, or those that a filter left, as a table, in the order of
// the capture or of a column. Knows a row from the index at once; the cells that only decoding can fill
// come a moment later from the reader, and another order from the sorter.
#pragma once

#include "gui/models/annotations_model.h"
#include "gui/models/capture_document.h"
#include "gui/models/judge.h"
#include "gui/models/row_reader.h"
#include "gui/models/row_sorter.h"
#include "gui/models/time_format.h"

#include <QAbstractTableModel>
#include <QCache>
#include <QElapsedTimer>
#include <QTimer>
#include <memory>
#include <optional>
#include <unordered_set>
#include <vector>

namespace fusewire::gui {

enum MessageRole : int {
    RowRole = Qt::UserRole + 1, // Row of the index
    FrameRole,                  // number of the frame
    PartnerRole,                // model row of the request or reply; -1: none is shown
    PartnerFrameRole,           // its frame, also when it is not shown; 0: there is none
    IsRequestRole,              // bool
    LatencyRole,                // between the two, for people; empty: not known
    SeverityRole,               // Severity of the worst finding as a number; -1: none
    FindingsRole,               // what they are in a few lines
    RuleRole,                   // number of its colouring rule; -1: none, or not known yet
    MarkedRole,                 // bool: the user marked it
    CommentRole,                // of the user or the file
    ExactRole,                  // a cell as filters compare with it, "0.000083200" for "83.2 µs"
};

class MessageListModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    explicit MessageListModel(std::vector<Column> columns, QObject* parent = nullptr);
    ~MessageListModel() override;

    // Shows another capture, or none, in the order of the capture.
    void setDocument(std::shared_ptr<CaptureDocument> document);
    // What the checker found in it so far.
    void setJudged(const JudgedPtr& judged);

    // Marks and comments of the capture, which outlive this.
    void setAnnotations(const AnnotationsModel& annotations);

    const std::vector<Column>& columns() const { return columns_; }
    // Other columns, at least one. The list stays sorted by one that is still there.
    void setColumns(std::vector<Column> columns);
    // One more, before the last one; a hidden one that shows the same is shown again. False: no field
    // is called so.
    bool addFieldColumn(const QString& field);
    // What the user made of a column's looks: remembered, no more.
    void setColumnWidth(int column, int characters);
    void setColumnHidden(int column, bool hidden);

    const std::vector<ColoringRule>& coloring() const { return coloring_; }
    void setColoring(std::vector<ColoringRule> rules);

    // Shows only these rows of the index, ascending; nullopt: all of them.
    void setRows(std::optional<std::vector<Row>> rows);
    // More of them, all behind those that are there.
    void appendRows(const std::vector<Row>& rows);
    bool isFiltered() const { return chosen_.has_value(); }

    // Sorts in a thread; the rows keep their places until that is done. Rows that come later stand at
    // the end until they are sorted in, a moment after. No column (-1): the order of the capture.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    // Leaves the rows in the order that they have.
    void cancelSort();
    bool isSorting() const { return sorter_ != nullptr; }
    // What the list is sorted by, or will be; -1: nothing.
    int sortColumn() const { return sortColumn_; }
    Qt::SortOrder sortOrder() const { return sortOrder_; }

    // How times are written, and what they count from.
    const TimeFormat& timeFormat() const { return timeFormat_; }
    void setTimeFormat(TimeFormat format);

    // Row of the index behind a row of the model, and back; -1: it is not shown.
    Row indexRow(int modelRow) const;
    int modelRow(Row row) const;
    bool isShown(Row row) const { return placeOf(row) >= 0; }
    // Decodes rows of the model, from `first` to before `end`, that will soon be looked at.
    void readAhead(int first, int end);
    // What the index knows of a row of the model.
    FrameRow frameRow(int modelRow) const { return document_->index()[indexRow(modelRow)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  signals:
    // Columns, their order or their looks.
    void columnsChanged();
    // Times may be longer or shorter now.
    void timesLookElse();
    void coloringChanged();
    void sortProgressed(int percent);
    // The rows are in another order, or an error says why not.
    void sortFinished(const QString& error);

  private:
    struct Cells {
        std::vector<CellText> texts;
        int rule = -1;
        int age = 0; // those of another age are shown until they are read again
    };
    struct SortKey {
        Column column;
        Qt::SortOrder order;
    };

    int placeOf(Row row) const;
    int sortedRows() const { return sorted_ ? static_cast<int>(sorted_->order.size()) : 0; }
    void makeReader();
    void startSorter();
    void takeSorted(const SortedPtr& sorted, const QString& error);
    void wantShownOrder();
    void sortAgainLater();
    void forgetOrder();
    void grow(Row rows);
    void want(Row row) const;
    void askForWanted();
    void take(const CellsBatch& batch);
    void forgetCells();
    void tellChanged(const QList<int>& roles);
    const Cells* cellsOf(Row row) const;
    QString cell(Row row, const FrameRow& frame, std::size_t column) const;
    QString exactCell(Row row, std::size_t column) const;
    QString timeAt(int modelRow) const;
    QVariant fact(const FrameRow& frame, int role) const;
    QString findingsAt(std::uint64_t frame) const;
    QString tipAt(std::uint64_t frame) const;

    std::vector<Column> columns_;
    std::vector<ColoringRule> coloring_ = defaultColoring();
    std::shared_ptr<CaptureDocument> document_;
    JudgedPtr judged_;
    TimeFormat timeFormat_;
    const AnnotationsModel* annotations_ = nullptr; // null: none
    std::unique_ptr<RowReader> reader_;
    int readerTicket_ = 0; // of the reader and the sorter whose results are taken
    int sorterTicket_ = 0;
    int count_ = 0;                          // rows that views were told of
    std::optional<std::vector<Row>> chosen_; // ascending, whatever the list is sorted by
    SortedPtr sorted_;                       // of the first of the rows; null: none
    std::unique_ptr<RowSorter> sorter_;      // while it works
    int sortColumn_ = -1;
    Qt::SortOrder sortOrder_ = Qt::AscendingOrder;
    std::optional<SortKey> sortedBy_; // what sorted_ is the order of
    QElapsedTimer sortTime_;
    qint64 lastSort_ms_ = 0;
    QTimer sortAgain_;
    mutable QCache<Row, Cells> cells_;
    int age_ = 0;
    mutable std::vector<Row> wanted_;
    mutable QTimer asking_;
};

} // namespace fusewire::gui

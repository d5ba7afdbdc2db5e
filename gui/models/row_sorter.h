// RowSorter: puts rows into the order of a column, in a thread of its own. What the frame index knows
// takes no decoding; other columns are decoded once, and only the beginning of a text is compared, so
// that memory stays bounded. Equal rows stay in the order of the capture, rows without a value go last.
#pragma once

#include "capture/indexer.h"
#include "gui/models/column.h"

#include <QMetaType>
#include <QObject>
#include <QString>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace fusewire::gui {

// Rows counted in the order of the capture, from 0, and the way between the two orders.
struct SortedRows {
    std::vector<std::uint32_t> order;  // by place in the list: which row stands there
    std::vector<std::uint32_t> places; // by row: where it stands
};
using SortedPtr = std::shared_ptr<const SortedRows>;

class RowSorter : public QObject {
    Q_OBJECT

  public:
    // More rows are not sorted: 24 bytes are needed for each.
    static constexpr std::size_t most_rows = 50'000'000;
    // More text is not kept: what does not fit is refused.
    static constexpr std::size_t most_text = std::size_t{256} << 20;

    // Sorts `rows` of the index, ascending; nullopt: the first `count` of them.
    RowSorter(std::shared_ptr<const Indexer> capture, std::optional<std::vector<Row>> rows,
              std::size_t count, Column column, Qt::SortOrder order);
    // Cancels what is not finished.
    ~RowSorter() override;

    void start();

  signals:
    // From the sorter's thread.
    void progressed(int percent);
    // `rows` is null with an error.
    void finished(const fusewire::gui::SortedPtr& rows, const QString& error);

  private:
    // Compared by key, then by what is behind it, then by row.
    struct Entry {
        std::uint64_t key = 0;
        std::uint32_t rest = 0; // of a text: where its tail lies; of a number: 1 if there is none
        std::uint32_t at = 0;   // which of the rows
    };
    using ReadKey = std::function<Result<void>(Row row, Entry& entry)>;

    void run();
    [[nodiscard]] Result<SortedPtr> sort();
    [[nodiscard]] Result<ReadKey> keyReader();
    ReadKey nameKeys();
    [[nodiscard]] Result<ReadKey> decodedKeys();
    [[nodiscard]] Result<void> takeText(std::string_view text, Entry& entry);
    [[nodiscard]] Result<std::vector<Entry>> readKeys();
    void sortPieces(std::vector<Entry>& entries);
    SortedPtr merge(const std::vector<Entry>& entries);
    bool isBefore(const Entry& a, const Entry& b) const;
    int compareTails(std::uint32_t a, std::uint32_t b) const;
    bool goesOn() const { return !cancelled_.load(std::memory_order_relaxed); }
    void report(std::size_t done, int from, int to);

    std::shared_ptr<const Indexer> capture_;
    std::optional<std::vector<Row>> rows_;
    std::size_t count_;
    Column column_;
    bool descending_;
    bool decodes_ = false; // keys take most of the time
    bool hasTexts_ = false;
    std::string tails_; // of texts, behind what is in their key: a byte of length, then the bytes
    int percent_ = 0;
    std::atomic<bool> cancelled_{false};
    std::thread thread_;
};

} // namespace fusewire::gui

Q_DECLARE_METATYPE(fusewire::gui::SortedPtr)

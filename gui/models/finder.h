// Finder: find next and find previous in what the viewer shows. Keeps what was looked for, goes to what
// was found, and says what became of it.
#pragma once

#include "gui/models/row_finder.h"
#include "gui/models/viewer.h"

#include <QObject>
#include <memory>

namespace fusewire::gui {

class Finder : public QObject {
    Q_OBJECT

  public:
    explicit Finder(Viewer& viewer);
    ~Finder() override;

    const FindQuery& query() const { return query_; }
    void setQuery(const FindQuery& query);
    // Of the query; empty: it can be looked for.
    QString error() const;

    // From the current message on. What is still being looked for is given up.
    void find(bool forward);
    // The same for something else, which is not kept.
    void findOnce(const FindQuery& query, bool forward);
    void cancel();
    bool isFinding() const { return finder_ != nullptr; }
    // What the last search came to, for the user; empty: it simply found something.
    const QString& outcome() const { return outcome_; }

  signals:
    void started();
    void progressed(int percent);
    // Also when it was cancelled.
    void finished();

  private:
    void take(const FoundMessage& found, bool forward);
    void end(const QString& outcome);

    Viewer& viewer_;
    FindQuery query_;
    QString outcome_;
    std::unique_ptr<RowFinder> finder_; // while it works
    quint64 search_ = 0;                // number of it; of an earlier one, a result may still come
};

} // namespace fusewire::gui

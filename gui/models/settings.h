// Settings: what is remembered from one window to the next, typed, in one place. What a file holds that
// is damaged, too much, or of another version is left out, and the default stands instead.
#pragma once

#include "gui/models/coloring.h"
#include "gui/models/column.h"

#include <QByteArray>
#include <QList>
#include <QSettings>
#include <QStringList>
#include <vector>

namespace fusewire::gui {

class Settings {
  public:
    static constexpr qsizetype most_columns = 100;
    static constexpr qsizetype most_rules = 100;
    static constexpr qsizetype most_recent_files = 10;
    static constexpr qsizetype most_filters = 100;
    static constexpr qsizetype most_text = 64 << 10; // characters of a filter, a title, a path
    static constexpr int most_zoom = 20;             // points, either way
    static constexpr int most_pixels = 1 << 20;      // of a part of a splitter
    static constexpr qsizetype most_parts = 8;

    // Those of the user, by the application's name.
    Settings();
    // A file of its own.
    explicit Settings(const QString& path);

    // As QMainWindow saves and restores them; empty: nothing is remembered.
    QByteArray windowGeometry() const;
    QByteArray windowState() const;
    void setWindow(const QByteArray& geometry, const QByteArray& state);
    // Sizes of what a splitter shows, in pixels; empty: nothing is remembered. `id` is "findings/details".
    QList<int> splitter(const QString& id) const;
    void setSplitter(const QString& id, const QList<int>& sizes);

    // The defaults, of columns and of rules, are not written down: a newer version may have better ones.
    std::vector<Column> columns() const;
    void setColumns(const std::vector<Column>& columns);

    std::vector<ColoringRule> coloring() const;
    void setColoring(const std::vector<ColoringRule>& rules);

    // The latest first.
    QStringList filterHistory() const;
    void setFilterHistory(const QStringList& filters);
    QStringList savedFilters() const;
    void setSavedFilters(const QStringList& filters);

    QStringList recentFiles() const;
    // Puts it first.
    void addRecentFile(const QString& path);
    void clearRecentFiles();

    // Points that list, tree and bytes are written larger than the desktop's font.
    int zoom() const;
    void setZoom(int points);

  private:
    QStringList texts(const char* key, qsizetype most) const;

    mutable QSettings file_;
};

} // namespace fusewire::gui

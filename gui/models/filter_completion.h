// What can be written at a place of a display filter: fields, functions and words of logic; behind a
// field its comparisons; behind a comparison the names that the field's values have.
#pragma once

#include <QString>
#include <QStringView>
#include <vector>

namespace fusewire::gui {

struct Suggestion {
    QString text;
    QString doc; // one line; may be empty
    bool operator==(const Suggestion&) const = default;
};

// Where the word that ends at `cursor` begins: the cursor itself, where there is none.
qsizetype wordBegin(QStringView text, qsizetype cursor);
// All that may stand there, whatever of the word is written. Empty in the midst of a quoted text, and
// where nothing is known.
std::vector<Suggestion> suggestionsAt(const QString& text, qsizetype cursor);

} // namespace fusewire::gui

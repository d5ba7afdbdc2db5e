#include "gui/views/filter_edit.h"

#include "dissector/filter/filter.h"
#include "gui/models/filter_completion.h"
#include "gui/views/tones.h"

#include <QAbstractItemView>
#include <QAbstractListModel>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>

namespace fusewire::gui {

namespace {

constexpr int listed_suggestions = 12;

class SuggestionModel : public QAbstractListModel {
  public:
    using QAbstractListModel::QAbstractListModel;

    void show(std::vector<Suggestion> suggestions) {
        if (suggestions == suggestions_)
            return;
        beginResetModel();
        suggestions_ = std::move(suggestions);
        endResetModel();
    }
    int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(suggestions_.size());
    }
    QVariant data(const QModelIndex& index, int role) const override {
        if (!checkIndex(index, CheckIndexOption::IndexIsValid))
            return {};
        const Suggestion& suggestion = suggestions_[static_cast<std::size_t>(index.row())];
        if (role == Qt::DisplayRole || role == Qt::EditRole)
            return suggestion.text;
        const bool tells = role == Qt::ToolTipRole || role == Qt::AccessibleDescriptionRole;
        return tells ? suggestion.doc : QVariant();
    }

  private:
    std::vector<Suggestion> suggestions_;
};

// Completes the word at the cursor, not the whole line.
class WordCompleter : public QCompleter {
  public:
    explicit WordCompleter(QLineEdit* edit) : QCompleter(edit), edit_(edit) {
        setModel(new SuggestionModel(this));
        setCompletionMode(PopupCompletion);
        setFilterMode(Qt::MatchContains);
        setCaseSensitivity(Qt::CaseInsensitive);
        setMaxVisibleItems(listed_suggestions);
    }

    void update() {
        static_cast<SuggestionModel*>(model())->show(
            suggestionsAt(edit_->text(), edit_->cursorPosition()));
    }
    QStringList splitPath(const QString& text) const override {
        const qsizetype cursor = edit_->cursorPosition();
        const qsizetype begin = wordBegin(text, cursor);
        return {text.mid(begin, cursor - begin)};
    }
    QString pathFromIndex(const QModelIndex& index) const override {
        const QString text = edit_->text();
        const int cursor = edit_->cursorPosition();
        return text.left(wordBegin(text, cursor)) + index.data().toString() + text.mid(cursor);
    }

  private:
    QLineEdit* edit_;
};

// Where the character of that number, from 1, begins in UTF-16.
int placeOf(const QString& text, std::size_t character) {
    const QList<uint> characters = text.toUcs4();
    const auto before = std::min(static_cast<qsizetype>(character) - 1, characters.size());
    return static_cast<int>(
        QString::fromUcs4(reinterpret_cast<const char32_t*>(characters.data()), before).size());
}

} // namespace

FilterEdit::FilterEdit(QWidget* parent) : QLineEdit(parent) {
    // One more than a filter may have: what was cut without a word would be another filter.
    setMaxLength(static_cast<int>(Filter::max_length) + 1);
    setCompleter(new WordCompleter(this));
    connect(this, &QLineEdit::textChanged, this, &FilterEdit::straighten);
    connect(this, &QLineEdit::textEdited, this, &FilterEdit::suggest);
}

// Lines and tabs, which come from what was copied, are spaces here.
void FilterEdit::straighten() {
    QString plain = text();
    for (QChar& c : plain)
        if (c == u'\n' || c == u'\r' || c == u'\t' || c == QChar::LineSeparator ||
            c == QChar::ParagraphSeparator)
            c = u' ';
    if (plain == text())
        return;
    const int cursor = cursorPosition();
    setText(plain);
    setCursorPosition(cursor);
}

void FilterEdit::suggest() {
    static_cast<WordCompleter*>(completer())->update();
}

void FilterEdit::markError(std::size_t column, std::size_t length) {
    errorBegin_ = length == 0 ? 0 : placeOf(text(), column);
    errorEnd_ = length == 0 ? 0 : placeOf(text(), column + length);
    update();
}

void FilterEdit::paintEvent(QPaintEvent* event) {
    QLineEdit::paintEvent(event);
    if (errorBegin_ == 0 && errorEnd_ == 0)
        return;
    // Only the cursor's place is known, of a text that may be scrolled.
    const int cursor = cursorRect().center().x();
    const int textBefore = fontMetrics().horizontalAdvance(text().left(cursorPosition()));
    const auto xOf = [&](int place) {
        return cursor - textBefore + fontMetrics().horizontalAdvance(text().left(place));
    };
    const int least = fontMetrics().averageCharWidth();
    const int step = std::max(2, least / 3);
    const int left = std::max(0, xOf(errorBegin_));
    const int right = std::min(width(), std::max(xOf(errorEnd_), xOf(errorBegin_) + least));
    const int y = rect().center().y() + fontMetrics().height() / 2;
    QPainterPath wave(QPointF(left, y));
    for (int x = left + step, up = 1; x <= right; x += step, up = !up)
        wave.lineTo(x, y - up * step);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(alarmColor(palette()), std::max(1.0, step / 2.5)));
    painter.drawPath(wave);
}

void FilterEdit::keyPressEvent(QKeyEvent* event) {
    const bool plain = (event->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
    if (plain && event->key() == Qt::Key_Down)
        emit historyAsked();
    else if (plain && event->key() == Qt::Key_Escape)
        emit escaped();
    else
        QLineEdit::keyPressEvent(event);
}

} // namespace fusewire::gui

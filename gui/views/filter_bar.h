// FilterBar: where a display filter is typed. Says at once whether it is right and where it is wrong,
// completes, and offers what was applied or saved before.
#pragma once

#include "gui/views/filter_edit.h"

#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QStringList>
#include <QToolButton>
#include <QWidget>

namespace fusewire::gui {

class FilterBar : public QWidget {
    Q_OBJECT

  public:
    // Filters that are remembered.
    static constexpr qsizetype history_length = 20;
    static constexpr qsizetype most_saved = 100;

    explicit FilterBar(QWidget* parent = nullptr);

    QString text() const { return edit_->text(); }
    // Writes a filter, and applies it if it is right.
    void setText(const QString& text);
    FilterEdit* edit() const { return edit_; }
    // What is wrong with what is written; empty: nothing.
    QString error() const { return error_->text(); }

    // The latest first.
    const QStringList& history() const { return history_; }
    void setHistory(const QStringList& filters);
    const QStringList& saved() const { return saved_; }
    void setSaved(const QStringList& filters);

  public slots:
    // A filter works: so much of it is done, and it can be cancelled.
    void showProgress(int percent);
    void showFinished();

  signals:
    // A right filter, or an empty one, was entered.
    void applied(const QString& text);
    void cancelled();
    // Back to the list.
    void left();
    // History or saved filters are others now.
    void remembered();

  protected:
    void changeEvent(QEvent* event) override;

  private:
    QToolButton* makeButton(const char* name, const QString& text, const QString& tip);
    void makeButtons();
    void check();
    void apply();
    void escape();
    void keep(const QString& text);
    void tint(bool written, bool right);
    void fillHistory();
    void fillSaved();
    void addFilter(QMenu* menu, const QString& filter);

    FilterEdit* edit_;
    QLabel* error_;
    QToolButton* saver_;
    QToolButton* past_;
    QToolButton* apply_;
    QToolButton* cancel_;
    QProgressBar* progress_;
    QStringList history_;
    QStringList saved_;
    bool right_ = true;
};

} // namespace fusewire::gui

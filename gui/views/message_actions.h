// MessageActions: what can be done with messages, fields and bytes, as rows of one table: the menus of
// the window and the context menus of the list, the tree and the bytes are made of the same actions.
#pragma once

#include "gui/models/export.h"
#include "gui/models/finder.h"
#include "gui/models/viewer.h"
#include "gui/models/visits.h"
#include "gui/views/filter_menu.h"
#include "gui/views/find_bar.h"
#include "gui/views/hex_view.h"
#include "gui/views/message_list_view.h"

#include <QAction>
#include <QObject>
#include <QTreeView>
#include <functional>
#include <memory>
#include <vector>

namespace fusewire::gui {

// Where the actions take what they are about.
struct MessagePanes {
    MessageListView* list;
    QTreeView* tree;
    HexView* bytes;
};

// Menus that actions are in.
enum ActionPlace : unsigned {
    in_file = 1u << 0,
    in_edit = 1u << 1,
    in_view = 1u << 2,
    in_go = 1u << 3,
    in_tools = 1u << 4,
    in_list = 1u << 5, // context menus
    in_tree = 1u << 6,
    in_bytes = 1u << 7,
};

// What has to be there for an action to do anything.
enum class ActionNeed : int { nothing, capture, message, field, bytes };

class MessageActions : public QObject {
    Q_OBJECT

  public:
    // The actions belong to `window`, so that their shortcuts work all over it.
    MessageActions(Viewer& viewer, const MessagePanes& panes, QWidget* window);
    ~MessageActions() override;

    // To be put above or below the panes.
    FindBar* findBar() { return findBar_; }
    Finder& finder() { return finder_; }

    // Asks what is to become of changes that are not saved. False: not now; `then` is called when they
    // are saved, if that is what was wanted.
    bool mayClose(const std::function<void()>& then);

    // Adds those of one place.
    void fill(QMenu& menu, ActionPlace place);
    // nullptr: there is none.
    QAction* action(const char* id) const;

  signals:
    // A capture is to be saved: what comes later is not wanted any more.
    void endWanted();

  private:
    struct Kind;
    using Target = FilterTarget (MessageActions::*)() const;
    static const std::vector<Kind>& kinds();

    void make(const Kind& kind);
    void makeContextMenus();
    QMenu& submenuOf(QMenu& menu, const char* title);
    void addFilterMenus(QMenu& menu, Target target);
    void update();
    bool has(ActionNeed need) const;

    FilterTarget fieldTarget() const;
    FilterTarget cellTarget() const;
    FilterTarget bytesTarget() const;

    void openFind();
    void findNext();
    void findPrevious();
    void askFrame();
    void goFirst();
    void goLast();
    void goBack();
    void goForward();
    void goNextOfNode();
    void goPreviousOfNode();
    void goNextLikeField();
    void goPreviousLikeField();
    void wantColumn();
    void toggleMarks();
    void goNextMark();
    void goPreviousMark();
    void editComment();
    void editCaptureComment();
    void save();
    void saveAs();

    template <TextForm Form>
    void copyAs() {
        copyMessagesAs(Form);
    }
    void copyCell();
    void copyValue();
    void copyName();
    void copyFilter();
    void copyBytesHex();
    void copyBytesEscaped();
    void exportShown();
    void exportSelected();
    void exportMarked();
    void exportAll();
    template <TimeFrom From>
    void countFrom() {
        TimeFormat format = viewer_.messages().timeFormat();
        format.from = From;
        viewer_.messages().setTimeFormat(format);
    }
    template <TimeFrom From>
    bool isCounted() const {
        return viewer_.messages().timeFormat().from == From;
    }
    template <TimePrecision Precision>
    void countTo() {
        TimeFormat format = viewer_.messages().timeFormat();
        format.precision = Precision;
        viewer_.messages().setTimeFormat(format);
    }
    template <TimePrecision Precision>
    bool isCountedTo() const {
        return viewer_.messages().timeFormat().precision == Precision;
    }
    void toggleReference();
    bool isReference() const;
    void showCommand();
    void showProperties();

    void copyMessagesAs(TextForm form);
    void exportRows(std::vector<Row> rows);
    void exportTo(const std::vector<Row>& rows, const QString& path, int format);
    MessagesToExport toExport(std::vector<Row> rows) const;
    MessageTextOptions textOptions(TextForm form) const;
    QByteArray markedBytes() const;
    // Runs it with a window to cancel it by, if it takes long. One at a time.
    void work(const QString& what, Task::Work work, std::function<void(const QString&)> done);
    void goToMark(bool forward);
    std::vector<Row> selectedRows() const;
    std::uint64_t currentFrame() const;
    void goToListed(int place);
    void goLike(const QString& filter, bool forward);
    void goOfNode(bool forward);

    Viewer& viewer_;
    MessagePanes panes_;
    QWidget* window_;
    Finder finder_;
    Visits visits_;
    FindBar* findBar_;
    std::vector<std::pair<const Kind*, QAction*>> actions_;
    std::unique_ptr<Task> task_; // a copy or an export, while it works
    QModelIndex cell_;           // of the list, that a context menu is for
};

} // namespace fusewire::gui

#include "gui/views/message_actions.h"

#include <QMenu>

namespace fusewire::gui {

struct MessageActions::Kind {
    const char* id;
    const char* text;
    const char* shortcut; // null: none
    unsigned places;      // ActionPlace
    ActionNeed need;
    void (MessageActions::*run)();
    bool begins = false; // a group of actions, apart from those before
    const char* submenu = nullptr;
    bool (MessageActions::*isOn)() const = nullptr; // of what can be on or off
};

#define TEXT(text) QT_TRANSLATE_NOOP("fusewire::gui::MessageActions", text)

const std::vector<MessageActions::Kind>& MessageActions::kinds() {
    using Self = MessageActions;
    using enum ActionNeed;
    constexpr const char* copy = TEXT("Cop&y");
    constexpr const char* exports = TEXT("E&xport");
    constexpr const char* time = TEXT("&Time");
    static const std::vector<Kind> all{
        {"find", TEXT("&Find…"), "Ctrl+F", in_edit, capture, &Self::openFind, true},
        {"findNext", TEXT("Find &next"), "F3", in_edit, capture, &Self::findNext},
        {"findPrevious", TEXT("Find pre&vious"), "Shift+F3", in_edit, capture, &Self::findPrevious},
        {"save", TEXT("&Save marks and comments"), "Ctrl+S", in_file, capture, &Self::save, true},
        {"saveAs", TEXT("Save &as…"), "Ctrl+Shift+S", in_file, capture, &Self::saveAs},
        {"properties", TEXT("&Properties of the capture…"), "Alt+Return", in_file, capture,
         &Self::showProperties},
        {"mark", TEXT("&Mark or unmark"), "Ctrl+M", in_edit | in_list, message, &Self::toggleMarks,
         true},
        {"comment", TEXT("C&omment…"), "Ctrl+Alt+C", in_edit | in_list, message,
         &Self::editComment},
        {"captureComment", TEXT("Comment on the captur&e…"), "Ctrl+Alt+Shift+C", in_edit, capture,
         &Self::editCaptureComment},
        {"goBack", TEXT("&Back"), "Alt+Left", in_go, capture, &Self::goBack, true},
        {"goForward", TEXT("For&ward"), "Alt+Right", in_go, capture, &Self::goForward},
        {"goToFrame", TEXT("&Go to frame…"), "Ctrl+G", in_go, capture, &Self::askFrame},
        {"goFirst", TEXT("F&irst message"), "Ctrl+Home", in_go, capture, &Self::goFirst, true},
        {"goLast", TEXT("&Last message"), "Ctrl+End", in_go, capture, &Self::goLast},
        {"nextMark", TEXT("Next &mark"), "Ctrl+Shift+N", in_go, capture, &Self::goNextMark, true},
        {"previousMark", TEXT("Previous mar&k"), "Ctrl+Shift+B", in_go, capture,
         &Self::goPreviousMark},
        {"nextOfNode", TEXT("&Next message of this node"), "Ctrl+.", in_go | in_list, message,
         &Self::goNextOfNode, true},
        {"previousOfNode", TEXT("&Previous message of this node"), "Ctrl+,", in_go | in_list,
         message, &Self::goPreviousOfNode},
        {"nextLikeField", TEXT("Next m&essage with this value"), "Alt+Down", in_go | in_tree, field,
         &Self::goNextLikeField, true},
        {"previousLikeField", TEXT("Previo&us message with this value"), "Alt+Up", in_go | in_tree,
         field, &Self::goPreviousLikeField},
        {"copyLines", TEXT("&Lines of text"), "Ctrl+C", in_edit | in_list, message,
         &Self::copyAs<TextForm::lines>, true, copy},
        {"copyTree", TEXT("Text with every &field"), "Ctrl+Shift+C", in_edit | in_list, message,
         &Self::copyAs<TextForm::tree>, false, copy},
        {"copyJson", TEXT("&JSON"), "Ctrl+Alt+J", in_edit | in_list, message,
         &Self::copyAs<TextForm::ndjson>, false, copy},
        {"copyHex", TEXT("&Hex dump"), "Ctrl+Alt+H", in_edit | in_list, message,
         &Self::copyAs<TextForm::hex>, false, copy},
        {"copyArray", TEXT("&C array"), nullptr, in_edit | in_list, message,
         &Self::copyAs<TextForm::cArray>, false, copy},
        {"copyEscaped", TEXT("Bytes as &escapes"), nullptr, in_edit | in_list, message,
         &Self::copyAs<TextForm::escaped>, false, copy},
        {"copyCell", TEXT("&Text of this cell"), nullptr, in_list, message, &Self::copyCell, false,
         copy},
        {"copyValue", TEXT("&Value"), "Ctrl+Alt+V", in_edit | in_tree, field, &Self::copyValue,
         true, copy},
        {"copyName", TEXT("&Name of the field"), "Ctrl+Alt+N", in_edit | in_tree, field,
         &Self::copyName, false, copy},
        {"copyFilter", TEXT("As a fil&ter"), "Ctrl+Alt+F", in_edit | in_tree, field,
         &Self::copyFilter, false, copy},
        {"copyBytesHex", TEXT("Marked bytes as he&x"), "Ctrl+Alt+X", in_edit | in_tree | in_bytes,
         bytes, &Self::copyBytesHex, true, copy},
        {"copyBytesEscaped", TEXT("Marked bytes as e&scapes"), nullptr,
         in_edit | in_tree | in_bytes, bytes, &Self::copyBytesEscaped, false, copy},
        {"exportShown", TEXT("&Shown messages…"), "Ctrl+Shift+X", in_file, capture,
         &Self::exportShown, true, exports},
        {"exportSelected", TEXT("Se&lected messages…"), nullptr, in_file | in_list, message,
         &Self::exportSelected, false, exports},
        {"exportMarked", TEXT("&Marked messages…"), nullptr, in_file, capture, &Self::exportMarked,
         false, exports},
        {"exportAll", TEXT("&All messages…"), nullptr, in_file, capture, &Self::exportAll, false,
         exports},
        {"timeFirst", TEXT("Since the &first message"), "Ctrl+Alt+1", in_view, nothing,
         &Self::countFrom<TimeFrom::first>, true, time, &Self::isCounted<TimeFrom::first>},
        {"timePrevious", TEXT("Since the &previous message that is shown"), "Ctrl+Alt+2", in_view,
         nothing, &Self::countFrom<TimeFrom::previous>, false, time,
         &Self::isCounted<TimeFrom::previous>},
        {"timeRequest", TEXT("Since the re&quest"), "Ctrl+Alt+3", in_view, nothing,
         &Self::countFrom<TimeFrom::request>, false, time, &Self::isCounted<TimeFrom::request>},
        {"timeLocal", TEXT("&Date and time, local"), "Ctrl+Alt+4", in_view, nothing,
         &Self::countFrom<TimeFrom::local>, false, time, &Self::isCounted<TimeFrom::local>},
        {"timeUtc", TEXT("Date and time, &UTC"), "Ctrl+Alt+5", in_view, nothing,
         &Self::countFrom<TimeFrom::utc>, false, time, &Self::isCounted<TimeFrom::utc>},
        {"timeEpoch", TEXT("Seconds since &1970"), "Ctrl+Alt+6", in_view, nothing,
         &Self::countFrom<TimeFrom::epoch>, false, time, &Self::isCounted<TimeFrom::epoch>},
        {"timeAutomatic", TEXT("&Automatic precision"), nullptr, in_view, nothing,
         &Self::countTo<TimePrecision::automatic>, true, time,
         &Self::isCountedTo<TimePrecision::automatic>},
        {"timeSeconds", TEXT("&Seconds"), nullptr, in_view, nothing,
         &Self::countTo<TimePrecision::seconds>, false, time,
         &Self::isCountedTo<TimePrecision::seconds>},
        {"timeMilliseconds", TEXT("&Milliseconds"), nullptr, in_view, nothing,
         &Self::countTo<TimePrecision::milliseconds>, false, time,
         &Self::isCountedTo<TimePrecision::milliseconds>},
        {"timeMicroseconds", TEXT("Mi&croseconds"), nullptr, in_view, nothing,
         &Self::countTo<TimePrecision::microseconds>, false, time,
         &Self::isCountedTo<TimePrecision::microseconds>},
        {"timeNanoseconds", TEXT("&Nanoseconds"), nullptr, in_view, nothing,
         &Self::countTo<TimePrecision::nanoseconds>, false, time,
         &Self::isCountedTo<TimePrecision::nanoseconds>},
        {"timeReference", TEXT("Time &reference"), "Ctrl+T", in_edit | in_list, message,
         &Self::toggleReference, true, nullptr, &Self::isReference},
        {"showCommand", TEXT("&Command for a terminal…"), "Ctrl+Alt+T", in_tools, capture,
         &Self::showCommand, true},
        {"applyAsColumn", TEXT("Apply as &column"), "Ctrl+Shift+I", in_edit | in_tree, field,
         &Self::wantColumn, true},
    };
    return all;
}

#undef TEXT

MessageActions::MessageActions(Viewer& viewer, const MessagePanes& panes, QWidget* window)
    : QObject(window), viewer_(viewer), panes_(panes), window_(window), finder_(viewer),
      visits_(viewer), findBar_(new FindBar(finder_, window)) {
    for (const Kind& kind : kinds())
        make(kind);
    makeContextMenus();
    connect(&viewer_, &Viewer::documentChanged, this, &MessageActions::update);
    connect(&viewer_, &Viewer::currentRowChanged, this, &MessageActions::update);
    connect(&viewer_, &Viewer::currentMessageChanged, this, &MessageActions::update);
    connect(&viewer_.annotations(), &AnnotationsModel::saved, this,
            [this](const QString& path, const QString& error) {
                if (error.isEmpty())
                    emit viewer_.said(tr("saved as %1").arg(path));
                else
                    emit viewer_.failed(error);
            });
    connect(&viewer_, &Viewer::markedChanged, this, &MessageActions::update);
    connect(panes_.tree->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &MessageActions::update);
    update();
}

MessageActions::~MessageActions() = default;

void MessageActions::make(const Kind& kind) {
    auto* action = new QAction(tr(kind.text), window_);
    action->setObjectName(QLatin1String(kind.id));
    if (kind.shortcut != nullptr)
        action->setShortcut(QKeySequence(QLatin1String(kind.shortcut)));
    action->setCheckable(kind.isOn != nullptr);
    connect(action, &QAction::triggered, this, kind.run);
    if (kind.isOn != nullptr)
        connect(action, &QAction::triggered, this, &MessageActions::update);
    window_->addAction(action);
    actions_.emplace_back(&kind, action);
}

QAction* MessageActions::action(const char* id) const {
    for (const auto& [kind, action] : actions_)
        if (QLatin1String(kind->id) == QLatin1String(id))
            return action;
    return nullptr;
}

void MessageActions::fill(QMenu& menu, ActionPlace place) {
    for (const auto& [kind, action] : actions_) {
        if ((kind->places & place) == 0)
            continue;
        QMenu& into = kind->submenu == nullptr ? menu : submenuOf(menu, kind->submenu);
        if (kind->begins && !into.isEmpty())
            into.addSeparator();
        into.addAction(action);
    }
    const Target target = place == in_list    ? &MessageActions::cellTarget
                          : place == in_bytes ? &MessageActions::bytesTarget
                                              : &MessageActions::fieldTarget;
    if ((place & (in_edit | in_list | in_tree | in_bytes)) != 0)
        addFilterMenus(menu, target);
}

QMenu& MessageActions::submenuOf(QMenu& menu, const char* title) {
    for (QAction* action : menu.actions())
        if (action->menu() != nullptr && action->menu()->objectName() == QLatin1String(title))
            return *action->menu();
    QMenu* submenu = menu.addMenu(tr(title));
    submenu->setObjectName(QLatin1String(title));
    return *submenu;
}

// The target is what is pointed at when the menu opens.
void MessageActions::addFilterMenus(QMenu& menu, Target target) {
    menu.addSeparator();
    for (const auto kind : {FilterMenu::Kind::apply, FilterMenu::Kind::prepare}) {
        auto* filters = new FilterMenu(kind, viewer_, &menu);
        menu.addMenu(filters);
        connect(&menu, &QMenu::aboutToShow, filters,
                [this, filters, target] { filters->setTarget((this->*target)()); });
    }
}

void MessageActions::makeContextMenus() {
    const std::pair<QWidget*, ActionPlace> all[] = {
        {panes_.list, in_list}, {panes_.tree, in_tree}, {panes_.bytes, in_bytes}};
    for (const auto& [pane, place] : all) {
        auto* menu = new QMenu(pane);
        menu->setObjectName("contextMenu");
        fill(*menu, place);
        pane->setContextMenuPolicy(Qt::CustomContextMenu);
        connect(pane, &QWidget::customContextMenuRequested, this,
                [this, pane = pane, menu](const QPoint& point) {
                    cell_ = panes_.list->indexAt(point);
                    menu->popup(pane->mapToGlobal(point));
                });
    }
}

bool MessageActions::has(ActionNeed need) const {
    switch (need) {
    case ActionNeed::nothing:
        return true;
    case ActionNeed::capture:
        return viewer_.document() != nullptr;
    case ActionNeed::message:
        return viewer_.currentRow() != no_row;
    case ActionNeed::field:
        return !fieldTarget().field.isEmpty();
    case ActionNeed::bytes:
        return viewer_.currentMessage() && viewer_.marked().width != 0;
    }
    return false;
}

void MessageActions::update() {
    for (const auto& [kind, action] : actions_) {
        action->setEnabled(has(kind->need));
        if (kind->isOn != nullptr)
            action->setChecked((this->*kind->isOn)());
    }
}

FilterTarget MessageActions::fieldTarget() const {
    return targetOfField(panes_.tree->currentIndex());
}

FilterTarget MessageActions::cellTarget() const {
    const QModelIndex cell = cell_.isValid() ? cell_ : panes_.list->currentIndex();
    return targetOfCell(viewer_.messages(), cell);
}

FilterTarget MessageActions::bytesTarget() const {
    const MessagePtr& message = viewer_.currentMessage();
    const ByteRange& marked = viewer_.marked();
    return message ? targetOfBytes(message->bytes, marked.offset, marked.width) : FilterTarget();
}

} // namespace fusewire::gui

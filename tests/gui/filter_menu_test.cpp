// Filters made of what is pointed at: each selects the message that it was made from.
#include "gui/models/filter_text.h"
#include "tests/gui/opened_window.h"

#include <QTest>

namespace fusewire::gui {
namespace {

const FilterChoice& choice(const char* id) {
    for (const FilterChoice& choice : filterChoices())
        if (QLatin1String(choice.id) == QLatin1String(id))
            return choice;
    ADD_FAILURE() << "no choice " << id;
    return filterChoices().front();
}

TEST(FilterText, JoinsTheFilterThatIsSet) {
    const FilterTarget target{"fuse.nodeid", {"3"}};
    EXPECT_EQ(filterText(target, choice("is"), "fuse"), "fuse.nodeid == 3");
    EXPECT_EQ(filterText(target, choice("isNot"), "fuse"), "!(fuse.nodeid == 3)");
    EXPECT_EQ(filterText(target, choice("and"), "a || b"), "(a || b) && fuse.nodeid == 3");
    EXPECT_EQ(filterText(target, choice("orNot"), "a"), "(a) || !(fuse.nodeid == 3)");
    EXPECT_EQ(filterText(target, choice("and"), " "), "fuse.nodeid == 3");
}

TEST(FilterText, OfAFieldWithoutAValueAsksForTheField) {
    EXPECT_EQ(filterText({"fuse.lookup", {}}, choice("is"), ""), "fuse.lookup");
    EXPECT_EQ(filterText({"fuse.lookup", {}}, choice("andNot"), "a"), "(a) && !fuse.lookup");
}

class FilterMenus : public OpenedWindow {
  protected:
    FilterMenu* menu(QWidget* pane, const char* which) {
        auto* context = pane->findChild<QMenu*>("contextMenu");
        emit context->aboutToShow();
        return context->findChild<FilterMenu*>(which);
    }
    void choose(FilterMenu* menu, const char* id) {
        menu->findChild<QAction*>(QLatin1String(id))->trigger();
        ASSERT_TRUE(waitUntil([this] { return !viewer.isFiltering(); }));
    }
};

TEST_F(FilterMenus, OfAFieldApplyIt) {
    open("lookup-forget.pcapng");
    select(2);
    selectField("fuse.lookup.name");
    choose(menu(tree, "applyAsFilter"), "is");
    EXPECT_EQ(viewer.filter(), "fuse.lookup.name == \"docs\"");
    EXPECT_EQ(window.findChild<FilterBar*>()->text(), viewer.filter());
    EXPECT_EQ(viewer.messages().modelRow(2), 0);
    selectField("fuse.nodeid");
    choose(menu(tree, "applyAsFilter"), "and");
    EXPECT_EQ(viewer.filter(), "(fuse.lookup.name == \"docs\") && fuse.nodeid == 1");
    EXPECT_EQ(viewer.messages().rowCount(), 1);
}

TEST_F(FilterMenus, PrepareWithoutApplying) {
    open("lookup-forget.pcapng");
    select(2);
    selectField("fuse.lookup.name");
    choose(menu(tree, "prepareAsFilter"), "isNot");
    EXPECT_EQ(viewer.filter(), "");
    EXPECT_EQ(window.findChild<FilterBar*>()->text(), "!(fuse.lookup.name == \"docs\")");
}

TEST_F(FilterMenus, OfBytesCompareASlice) {
    open("lookup-forget.pcapng");
    select(2);
    viewer.mark({40, 4});
    choose(menu(hex, "applyAsFilter"), "is");
    EXPECT_EQ(viewer.filter(), "frame[40:4] == 64:6f:63:73");
    EXPECT_GE(viewer.messages().modelRow(2), 0);
}

TEST_F(FilterMenus, AreOffWhereNothingCanBeFiltered) {
    open("lookup-forget.pcapng");
    select(2);
    viewer.mark({});
    EXPECT_FALSE(menu(hex, "applyAsFilter")->isEnabled());
}

TEST_F(FilterMenus, AskForAColumn) {
    open("lookup-forget.pcapng");
    select(2);
    selectField("fuse.lookup.name");
    QString wanted;
    QObject::connect(&viewer, &Viewer::columnWanted, &window,
                     [&](const QString& f) { wanted = f; });
    run("applyAsColumn");
    EXPECT_EQ(wanted, "fuse.lookup.name");
}

// Each cell, written as a filter, selects the message that it was taken from.
TEST_F(FilterMenus, EveryCellCanBeAFilter) {
    const std::vector<Column> columns{{"", ColumnKind::field, "frame.number"},
                                      {"", ColumnKind::time, {}},
                                      {"", ColumnKind::direction, {}},
                                      {"", ColumnKind::field, "fuse.opcode_name"},
                                      {"", ColumnKind::field, "fuse.sub.opcode"},
                                      {"", ColumnKind::field, "fuse.unique"},
                                      {"", ColumnKind::field, "fuse.name"},
                                      {"", ColumnKind::field, "fuse.latency"},
                                      {"", ColumnKind::field, "fuse.error"},
                                      {"", ColumnKind::field, "fuse.fhandle.handle"},
                                      {"", ColumnKind::field, "frame.time_epoch"},
                                      {"", ColumnKind::field, "fuse.mode"},
                                      {"", ColumnKind::field, "fuse.write.data"},
                                      {"", ColumnKind::field, "frame.comment"}};
    for (const char* name : {"lookup-handle-session.pcapng", "names.pcapng",
                             "open-read-write.pcapng", "directories.pcapng"}) {
        auto opened = CaptureDocument::open(samples + name);
        ASSERT_TRUE(opened);
        const std::shared_ptr<CaptureDocument> document = std::move(*opened);
        MessageListModel model(columns);
        model.setDocument(document);
        ASSERT_TRUE(waitUntil([&] { return document->isIndexed(); }));
        const auto decoder = document->capture()->decoder();
        for (int row = 0; row < model.rowCount(); ++row) {
            const auto number = [&] { return model.index(row, 0).data().toString(); };
            number();
            ASSERT_TRUE(waitUntil([&] { return !number().isEmpty(); }));
            for (int column = 0; column < model.columnCount(); ++column) {
                const QModelIndex cell = model.index(row, column);
                if (cell.data().toString().isEmpty())
                    continue;
                const FilterTarget target = targetOfCell(model, cell);
                const std::string text = filterText(target, choice("is"), {}).toStdString();
                auto filter = Filter::parse(text);
                ASSERT_TRUE(filter) << text << ": " << filter.error().message;
                EXPECT_TRUE(filter->matches(*decoder->decode(static_cast<Row>(row))))
                    << name << " row " << row << ": " << text;
            }
        }
    }
}

} // namespace
} // namespace fusewire::gui

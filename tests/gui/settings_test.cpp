// What is remembered comes back, and what somebody wrote into the file does no harm.
#include "gui/models/settings.h"

#include <gtest/gtest.h>

#include <QFile>
#include <QTemporaryDir>

namespace fusewire::gui {
namespace {

class SettingsFile : public ::testing::Test {
  protected:
    QString path() const { return folder.filePath("settings.ini"); }
    void write(const QByteArray& text) const {
        QFile file(path());
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    QTemporaryDir folder;
};

TEST_F(SettingsFile, HasDefaultsToBeginWith) {
    const Settings settings(path());
    EXPECT_EQ(settings.columns(), defaultColumns());
    EXPECT_EQ(settings.coloring(), defaultColoring());
    EXPECT_EQ(settings.zoom(), 0);
    EXPECT_TRUE(settings.filterHistory().isEmpty());
    EXPECT_TRUE(settings.windowState().isEmpty());
}

TEST_F(SettingsFile, GivesBackWhatWasWritten) {
    std::vector<Column> columns = defaultColumns();
    columns[0].hidden = true;
    columns[1].width = 33;
    columns[2].title = "„Verbindung“, \"x\"";
    columns[3].alignment = Qt::AlignRight;
    std::swap(columns[4], columns[5]);
    std::vector<ColoringRule> rules = defaultColoring();
    rules.erase(rules.begin());
    rules[0].enabled = false;
    rules[0].dark.text = 0x123456;
    {
        Settings settings(path());
        settings.setColumns(columns);
        settings.setColoring(rules);
        settings.setFilterHistory({"fuse.name == \"a, b\"", "fuse.error"});
        settings.setWindow("geometry\0x", "state");
        settings.setZoom(3);
        settings.setSplitter("a/b", {200, 0});
    }
    const Settings settings(path());
    EXPECT_EQ(settings.columns(), columns);
    EXPECT_EQ(settings.coloring(), rules);
    EXPECT_EQ(settings.filterHistory(), QStringList({"fuse.name == \"a, b\"", "fuse.error"}));
    EXPECT_EQ(settings.windowState(), "state");
    EXPECT_EQ(settings.zoom(), 3);
    EXPECT_EQ(settings.splitter("a/b"), (QList<int>{200, 0}));
    EXPECT_TRUE(settings.splitter("a/c").isEmpty());
}

TEST_F(SettingsFile, KnowsTheLatestFiles) {
    Settings settings(path());
    for (int i = 0; i < 15; ++i)
        settings.addRecentFile(QStringLiteral("/a/%1").arg(i));
    settings.addRecentFile("/a/10");
    EXPECT_EQ(settings.recentFiles().size(), Settings::most_recent_files);
    EXPECT_EQ(settings.recentFiles()[0], "/a/10");
    EXPECT_EQ(settings.recentFiles()[1], "/a/14");
    settings.clearRecentFiles();
    EXPECT_TRUE(settings.recentFiles().isEmpty());
}

TEST_F(SettingsFile, IsNotBrokenByWhatIsNoSetting) {
    for (const QByteArray& text :
         {QByteArray("\0\xff\xfe garbage [[[", 16), QByteArray("[list]\ncolumns=17\ncoloring={}\n"),
          QByteArray(
              "[list]\ncolumns=\"[{\\\"kind\\\":\\\"field\\\",\\\"field\\\":\\\"no.such\\\"},"
              "3,null,[[]]]\"\n[view]\nzoom=99999999999999\n[filter]\nhistory=@Invalid()\n"),
          QByteArray("[list]\ncolumns=\"[{\\\"kind\\\":\\\"info\\\",\\\"hidden\\\":true}]\"\n")}) {
        write(text);
        const Settings settings(path());
        EXPECT_EQ(settings.columns(), defaultColumns());
        EXPECT_EQ(settings.coloring(), defaultColoring());
        EXPECT_LE(std::abs(settings.zoom()), Settings::most_zoom);
        EXPECT_TRUE(settings.filterHistory().isEmpty());
    }
}

TEST_F(SettingsFile, HasNoSplitterThatIsTooLargeOrHasTooManyParts) {
    write("[splitters]\nmany=1, 2, 3, 4, 5, 6, 7, 8, 9, 10\nwild=-5, 2000000000, x, 99999999999\n");
    const Settings settings(path());
    EXPECT_EQ(settings.splitter("many").size(), Settings::most_parts);
    EXPECT_EQ(settings.splitter("wild"), (QList<int>{0, Settings::most_pixels, 0, 0}));
}

TEST_F(SettingsFile, TakesNoMoreThanAnybodyNeeds) {
    QByteArray many = "[list]\ncolumns=\"[";
    for (int i = 0; i < 5000; ++i)
        many += "{\\\"kind\\\":\\\"info\\\",\\\"width\\\":2000000000},";
    write(many + "{}]\"\n");
    const Settings settings(path());
    EXPECT_EQ(settings.columns().size(), static_cast<std::size_t>(Settings::most_columns));
    EXPECT_EQ(settings.columns().front().width, Column::max_width);
}

} // namespace
} // namespace fusewire::gui

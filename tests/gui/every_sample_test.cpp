// Every sample, as it is and damaged, in a window with all panels: each row, each field and each chart is
// shown. What they show is other tests' affair; here nothing crashes, hangs or stays undecoded. Meant for the
// asan preset.
#include "gui/views/panel.h"
#include "tests/gui/opened_window.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QTabWidget>
#include <QTemporaryDir>
#include <functional>
#include <random>

namespace fusewire::gui {
namespace {

constexpr Row rows_of_each = 24; // shown of a sample, spread over it

class EverySample : public OpenedWindow {
  protected:
    EverySample() {
        // Beside the window's own, of which tabs would hide all but one.
        for (const PanelKind& kind : panelKinds()) {
            panels.emplace_back(kind.make(viewer));
            panels.back()->resize(800, 400);
            panels.back()->show();
        }
        window.show();
    }
    ~EverySample() override { viewer.annotations().setDocument(nullptr); }

    QStringList names() const {
        return QDir(samples).entryList({"*.pcapng"}, QDir::Files, QDir::Name);
    }
    QByteArray bytesOf(const QString& name) const {
        QFile file(samples + name);
        EXPECT_TRUE(file.open(QIODevice::ReadOnly));
        return file.readAll();
    }
    void showBytes(const QString& path, const QByteArray& bytes) {
        QFile file(path);
        ASSERT_TRUE(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
        file.close();
        showAll(path);
    }
    // A number from 0 to before `end`.
    using Random = std::function<qsizetype(qsizetype end)>;
    void showDamaged(const std::function<void(QByteArray& bytes, const Random& random)>& damage) {
        QTemporaryDir folder;
        std::mt19937 numbers(1);
        for (const QString& name : names()) {
            QByteArray bytes = bytesOf(name);
            damage(bytes, [&](qsizetype end) {
                return static_cast<qsizetype>(numbers() % static_cast<unsigned>(end));
            });
            showBytes(folder.filePath(name), bytes);
        }
    }
    // Of what can be opened; the rest has to be refused with a reason.
    void showAll(const QString& path) {
        if (const QString refused = viewer.open(path); !refused.isEmpty())
            return;
        ASSERT_TRUE(waitUntil([this] { return viewer.document()->isIndexed(); }))
            << qPrintable(path);
        const Row rows = viewer.document()->rows();
        const Row step = std::max<Row>(1, rows / rows_of_each);
        for (Row row = 0; row < rows; row += step) {
            select(row);
            showFields({});
        }
        showCharts();
        // And when nothing of it is left to be shown.
        ASSERT_TRUE(viewer.setFilter("frame.number == 0"));
        showCharts();
        ASSERT_TRUE(viewer.setFilter({}));
        ++shown;
    }
    void showFields(const QModelIndex& parent) {
        MessageTreeModel& fields = viewer.fields();
        for (int row = 0; row < fields.rowCount(parent); ++row) {
            const QModelIndex field = fields.index(row, 0, parent);
            tree->setCurrentIndex(field);
            showFields(field);
        }
    }
    void showCharts() {
        for (const auto& panel : panels)
            if (auto* tabs = panel->findChild<QTabWidget*>("statisticsTabs"))
                for (int tab = 0; tab < tabs->count(); ++tab) {
                    tabs->setCurrentIndex(tab);
                    QCoreApplication::processEvents();
                }
    }

    std::vector<std::unique_ptr<QWidget>> panels;
    int shown = 0;
};

TEST_F(EverySample, IsShown) {
    for (const QString& name : names())
        showAll(samples + name);
    EXPECT_EQ(shown, names().size());
    EXPECT_GT(shown, 30);
}

// Files whose bytes are wrong here and there: lengths, counts, opcodes, times.
TEST_F(EverySample, IsShownWithWrongBytes) {
    showDamaged([](QByteArray& bytes, const Random& random) {
        for (qsizetype i = 0; i < std::max<qsizetype>(4, bytes.size() / 200); ++i)
            bytes[random(bytes.size())] = static_cast<char>(random(256));
    });
    EXPECT_GT(shown, 10);
}

TEST_F(EverySample, IsShownToTheCut) {
    showDamaged(
        [](QByteArray& bytes, const Random& random) { bytes.truncate(random(bytes.size())); });
    EXPECT_GT(shown, 30);
}

} // namespace
} // namespace fusewire::gui

// bench_view FILE: opens a capture in the viewer's window and prints as JSON how long it took until a
// screen of rows was painted, until all of them were indexed and judged, how much memory that is, and how
// long the longest frame was while the list was scrolled: with the wheel, page by page, and by jumps.
#include "gui/views/main_window.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScrollBar>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QWheelEvent>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire::gui {
namespace {

constexpr int pages = 300;
constexpr int wheel_steps = 300;
constexpr int jumps = 300;
constexpr int most_s = 300; // of waiting for anything

double msSince(const QElapsedTimer& timer) {
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

// Resident memory of this process beside mapped files.
double ownMemory() {
    constexpr std::string_view key = "RssAnon:";
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(key))
            return std::stod(line.substr(key.size())) * 1024;
    return 0;
}

// Runs events until it is true. What the longest run of the loop took comes back, in milliseconds.
double runUntil(const std::function<bool()>& done) {
    QElapsedTimer whole;
    whole.start();
    double longest = 0;
    while (!done()) {
        QElapsedTimer once;
        once.start();
        QCoreApplication::processEvents();
        longest = std::max(longest, msSince(once));
        if (whole.elapsed() > most_s * 1000) {
            std::fputs("bench_view: this takes too long\n", stderr);
            std::exit(3);
        }
    }
    return longest;
}

class Frames : public QObject {
  public:
    explicit Frames(MessageListView& list) : list_(list) {
        list.viewport()->installEventFilter(this);
    }

    // Every row on the screen was painted with all its cells.
    bool isWhole() const { return whole_; }
    void begin() { whole_ = false; }

    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() != QEvent::Paint || painting_)
            return false;
        painting_ = true;
        watched->event(event);
        painting_ = false;
        whole_ = isFilled();
        return true;
    }

  private:
    bool isFilled() const {
        const QAbstractItemModel* model = list_.model();
        const int first = list_.verticalScrollBar()->value();
        const int last = std::min(first + list_.verticalScrollBar()->pageStep(), model->rowCount());
        for (int row = first; row < last; ++row)
            if (model->index(row, 0).data().toString().isEmpty())
                return false;
        return last > first;
    }

    MessageListView& list_;
    bool painting_ = false;
    bool whole_ = false;
};

struct Longest {
    double frame_ms = 0;  // the window could do nothing else
    double filled_ms = 0; // until all cells were there
};

Longest scroll(Frames& frames, int times, const std::function<void(int)>& step) {
    Longest longest;
    for (int i = 0; i < times; ++i) {
        QElapsedTimer timer;
        timer.start();
        frames.begin();
        step(i);
        const double first = msSince(timer);
        longest.frame_ms =
            std::max({longest.frame_ms, first, runUntil([&] { return frames.isWhole(); })});
        longest.filled_ms = std::max(longest.filled_ms, msSince(timer));
    }
    return longest;
}

void wheel(MessageListView& list, int notches) {
    const QPointF place(list.viewport()->rect().center());
    QWheelEvent event(place, list.viewport()->mapToGlobal(place), {}, QPoint(0, -120 * notches),
                      Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(list.viewport(), &event);
}

void add(QJsonObject& out, const QString& name, const Longest& longest) {
    out[name + "_frame_ms"] = longest.frame_ms;
    out[name + "_filled_ms"] = longest.filled_ms;
}

int run(const QString& path) {
    MainWindow window;
    window.resize(1400, 900);
    window.show();
    auto& list = *window.findChild<MessageListView*>("messages");
    Frames frames(list);
    QElapsedTimer idle;
    idle.start();
    runUntil([&] { return idle.elapsed() > 300; });

    QJsonObject out;
    const double before = ownMemory();
    QElapsedTimer timer;
    timer.start();
    if (!window.openFile(path))
        return 3;
    double longest = runUntil([&] { return frames.isWhole(); });
    out["first_screen_ms"] = msSince(timer);
    const CaptureDocument& document = *window.viewer().document();
    const auto tellIndexed = [&] { out["index_ms"] = msSince(timer); };
    QObject::connect(&document, &CaptureDocument::indexed, &document, tellIndexed);
    if (document.isIndexed()) // a small file: before anything was painted
        tellIndexed();
    QScrollBar& bar = *list.verticalScrollBar();
    add(out, "early_pages", scroll(frames, pages, [&](int) {
            bar.triggerAction(QAbstractSlider::SliderPageStepAdd);
            list.viewport()->update();
        }));
    longest = std::max(longest, runUntil([&] { return document.isIndexed(); }));
    out["messages"] = static_cast<double>(document.rows());
    out["index_bytes"] = ownMemory() - before;
    const Viewer& viewer = window.viewer();
    longest =
        std::max(longest, runUntil([&] { return viewer.judged() && viewer.judged()->complete; }));
    out["judged_ms"] = msSince(timer);
    out["judged_bytes"] = ownMemory() - before;
    out["longest_event_ms"] = longest;

    bar.setValue(0);
    add(out, "wheel", scroll(frames, wheel_steps, [&](int) { wheel(list, 1); }));
    add(out, "pages", scroll(frames, pages, [&](int) {
            bar.triggerAction(QAbstractSlider::SliderPageStepAdd);
            list.viewport()->update();
        }));
    std::mt19937 random(1);
    add(out, "jumps", scroll(frames, jumps, [&](int) {
            bar.setValue(static_cast<int>(random() % static_cast<unsigned>(bar.maximum() + 1)));
            list.viewport()->update();
        }));
    std::printf("%s\n", QJsonDocument(out).toJson(QJsonDocument::Compact).constData());
    return 0;
}

} // namespace
} // namespace fusewire::gui

int main(int argc, char** argv) {
    QStandardPaths::setTestModeEnabled(true);
    // Columns and colours are the default ones, whatever was measured before.
    const QTemporaryDir settings;
    qputenv("XDG_CONFIG_HOME", QFile::encodeName(settings.path()));
    QApplication application(argc, argv);
    QApplication::setApplicationName("fusewire-gui-bench");
    if (argc != 2) {
        std::fputs("usage: bench_view FILE\n", stderr);
        return 2;
    }
    return fusewire::gui::run(QString::fromLocal8Bit(argv[1]));
}

// Task: a piece of work in a thread of its own, with progress and a way to cancel it.
#pragma once

#include <QObject>
#include <QString>
#include <atomic>
#include <functional>
#include <thread>

namespace fusewire::gui {

class Task : public QObject {
    Q_OBJECT

  public:
    // Tells how far it is, in percent; false: it is cancelled, and nobody waits for an outcome.
    using Report = std::function<bool(int percent)>;
    // What could not be done, for the user; empty: all was.
    using Work = std::function<QString(const Report& report)>;

    explicit Task(Work work);
    // Cancels what is not finished.
    ~Task() override;

    void start();

  signals:
    // From the task's thread.
    void progressed(int percent);
    void finished(const QString& error);

  private:
    void run();

    Work work_;
    std::atomic<bool> cancelled_{false};
    std::thread thread_;
};

} // namespace fusewire::gui

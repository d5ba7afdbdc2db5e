#include "gui/models/task.h"

#include <utility>

namespace fusewire::gui {

Task::Task(Work work) : work_(std::move(work)) {}

Task::~Task() {
    cancelled_.store(true, std::memory_order_relaxed);
    if (thread_.joinable())
        thread_.join();
}

void Task::start() {
    thread_ = std::thread([this] { run(); });
}

void Task::run() {
    int said = -1;
    const QString error = work_([&](int percent) {
        if (percent != std::exchange(said, percent))
            emit progressed(percent);
        return !cancelled_.load(std::memory_order_relaxed);
    });
    if (!cancelled_.load(std::memory_order_relaxed))
        emit finished(error);
}

} // namespace fusewire::gui

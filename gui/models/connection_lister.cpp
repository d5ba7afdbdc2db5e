#include "gui/models/connection_lister.h"

#include <chrono>

namespace fusewire::gui {

namespace {

constexpr std::chrono::seconds interval{1};

} // namespace

ConnectionLister::ConnectionLister(QObject* parent) : QObject(parent) {
    qRegisterMetaType<ConnectionStatuses>();
}

ConnectionLister::~ConnectionLister() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    ended_.notify_one();
    if (thread_.joinable())
        thread_.join();
}

void ConnectionLister::start() {
    thread_ = std::thread([this] { run(); });
}

void ConnectionLister::run() {
    std::unique_lock lock(mutex_);
    while (!ends_) {
        lock.unlock();
        if (const auto mounts = read_mounts())
            emit listed(connection_statuses(*mounts));
        else
            emit failed(QString::fromStdString(mounts.error().message));
        lock.lock();
        ended_.wait_for(lock, interval, [this] { return ends_; });
    }
}

} // namespace fusewire::gui

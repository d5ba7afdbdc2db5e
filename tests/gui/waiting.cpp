#include "tests/gui/waiting.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QThread>

namespace fusewire::gui {

bool waitUntil(const std::function<bool()>& done) {
    const QDeadlineTimer deadline(10'000);
    while (!done() && !deadline.hasExpired()) {
        QCoreApplication::processEvents();
        QThread::msleep(1);
    }
    return done();
}

} // namespace fusewire::gui

#include "gui/models/capture_statistics.h"

#include <utility>

namespace fusewire::gui {

CaptureStatistics::CaptureStatistics(Viewer& viewer, QObject* parent)
    : QObject(parent), viewer_(viewer) {
    connect(&viewer_, &Viewer::documentChanged, this, &CaptureStatistics::restart);
    connect(&viewer_, &Viewer::filterChanged, this, &CaptureStatistics::restart);
}

CaptureStatistics::~CaptureStatistics() = default;

void CaptureStatistics::setActive(bool active) {
    if (std::exchange(active_, active) == active)
        return;
    if (!active && count_) {
        stale_ = true;
        retire();
    }
    if (active && stale_)
        restart();
}

void CaptureStatistics::setGroupBy(GroupBy by) {
    if (std::exchange(by_, by) != by)
        restart();
}

void CaptureStatistics::cancel() {
    retire();
    emit changed();
}

void CaptureStatistics::restart() {
    retire();
    counted_.reset();
    percent_ = 0;
    stale_ = true;
    if (active_)
        start();
    emit changed();
}

void CaptureStatistics::start() {
    if (!viewer_.document())
        return;
    std::optional<Filter> filter;
    if (!viewer_.filter().trimmed().isEmpty()) {
        auto parsed = Filter::parse(viewer_.filter().toStdString());
        if (!parsed)
            return; // the viewer has taken it, so this cannot be
        filter = std::move(*parsed);
    }
    stale_ = false;
    count_ = std::make_unique<StatisticsCount>(viewer_.document()->capture(),
                                               viewer_.document()->input(), std::move(filter),
                                               viewer_.annotations().unsaved(), by_);
    StatisticsCount* count = count_.get();
    // What a retired one had sent already comes too late.
    connect(count, &StatisticsCount::counted, this, [this, count](const CountedPtr& counted) {
        if (count != count_.get())
            return;
        counted_ = counted;
        emit changed();
    });
    connect(count, &StatisticsCount::progressed, this, [this, count](int percent) {
        if (count != count_.get())
            return;
        percent_ = percent;
        emit progressed(percent);
    });
    connect(count, &StatisticsCount::ended, this, [this, count] {
        std::erase_if(retired_, [count](const auto& other) { return other.get() == count; });
        if (count != count_.get())
            return;
        count_.reset();
        emit changed();
    });
    count_->start();
}

void CaptureStatistics::retire() {
    if (!count_)
        return;
    count_->cancel();
    retired_.push_back(std::move(count_));
}

} // namespace fusewire::gui

#include "gui/models/capture_properties.h"

#include "dissector/render/connection.h"
#include "gui/models/plain_text.h"
#include "gui/models/time_format.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QLocale>
#include <QStringList>

namespace fusewire::gui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("CaptureProperties", text);
}

// Messages that bear no time, such as those of losses, may stand at either end.
Row timedRow(const FrameIndex& index, bool fromEnd) {
    constexpr Row most = 1000;
    for (Row i = 0; i < std::min(index.size(), most); ++i) {
        const Row row = fromEnd ? index.size() - 1 - i : i;
        if (!index[row].has(frame_no_time))
            return row;
    }
    return no_row;
}

void addFile(QStringList& lines, const CaptureDocument& document) {
    if (document.isOnlyCopy())
        lines << tr("File: none yet, %1").arg(document.title());
    else
        lines << tr("File: %1").arg(document.isCopy() ? document.title() : document.path());
    lines << tr("Size: %1").arg(QLocale().formattedDataSize(QFileInfo(document.path()).size()));
}

void addTimes(QStringList& lines, const FrameIndex& index) {
    const Row first = timedRow(index, false);
    const Row last = timedRow(index, true);
    if (first == no_row || last == no_row)
        return;
    const TimeFormat format{.from = TimeFrom::local};
    lines << tr("First message: %1").arg(timeText(format, index, first, no_row));
    lines << tr("Last message: %1").arg(timeText(format, index, last, no_row));
    lines << tr("Between them: %1").arg(durationText(index[last].time_ns - index[first].time_ns));
}

} // namespace

QString blindSpots(const Viewer& viewer) {
    if (!viewer.document())
        return {};
    return plainText(blind_spots(viewer.document()->capture()->connections()));
}

QString captureProperties(const Viewer& viewer) {
    const auto& document = viewer.document();
    if (!document)
        return {};
    QStringList lines;
    addFile(lines, *document);
    lines << tr("Messages: %L1").arg(document->rows());
    if (viewer.judged())
        lines << tr("Lost: %L1").arg(viewer.judged()->lost);
    addTimes(lines, document->index());
    if (const QString comment = viewer.annotations().captureComment(); !comment.isEmpty())
        lines << tr("Comment: %1").arg(comment);
    lines << QString();
    for (const Connection& connection : document->capture()->connections())
        lines << plainText(describe(connection));
    return lines.join('\n') + '\n';
}

} // namespace fusewire::gui

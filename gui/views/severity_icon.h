// The sign of a finding: a filled circle with a cross for errors, a triangle for warnings, a ring with
// an i for notes. The shapes alone tell them apart; the colours only help.
#pragma once

#include "dissector/finding.h"

#include <QIcon>
#include <QPainter>
#include <QPalette>
#include <QRectF>

namespace fusewire::gui {

// In the middle of `place`, as large as fits.
void paintSeverity(QPainter& painter, const QRectF& place, Severity severity,
                   const QPalette& palette);
// Sharp at any scale of the screen.
QIcon severityIcon(Severity severity, const QPalette& palette);

} // namespace fusewire::gui

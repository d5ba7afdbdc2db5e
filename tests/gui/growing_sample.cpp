#include "tests/gui/growing_sample.h"

#include <QFile>

namespace fusewire::gui {

GrowingSample::GrowingSample(const char* name) {
    QFile sample(QStringLiteral(FUSEWIRE_SAMPLES_FOLDER "/") + name);
    if (sample.open(QIODevice::ReadOnly))
        whole_ = sample.readAll();
    QFile file(path());
    static_cast<void>(file.open(QIODevice::WriteOnly));
}

void GrowingSample::writeTo(qint64 end) {
    QFile file(path());
    if (file.open(QIODevice::Append))
        file.write(whole_.mid(written_, end - written_));
    written_ = end;
}

void GrowingSample::shrinkTo(qint64 size) {
    QFile::resize(path(), size);
    written_ = size;
}

void GrowingSample::remove() {
    QFile::remove(path());
}

} // namespace fusewire::gui

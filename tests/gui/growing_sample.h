// A sample that is written piece by piece while a test looks on.
#pragma once

#include <QByteArray>
#include <QString>
#include <QTemporaryDir>

namespace fusewire::gui {

class GrowingSample {
  public:
    // `name`: of a file in samples/. The file at path() is empty.
    explicit GrowingSample(const char* name);

    QString path() const { return folder_.filePath("growing.pcapng"); }
    qint64 size() const { return whole_.size(); }
    qint64 written() const { return written_; }
    // Until `end` bytes are there.
    void writeTo(qint64 end);
    void writeAll() { writeTo(size()); }
    void shrinkTo(qint64 size);
    void remove();

  private:
    QTemporaryDir folder_;
    QByteArray whole_;
    qint64 written_ = 0;
};

} // namespace fusewire::gui

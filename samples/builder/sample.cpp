#include "samples/builder/sample.h"

#include <algorithm>

namespace fusewire::samples {

Result<bool> SampleSource::next(Record& record) {
    if (at_ == sample_.records.size())
        return false;
    record = sample_.records[at_++].view();
    record.frame = at_;
    const auto about = std::ranges::find(sample_.connections, record.conn, &Connection::conn);
    record.about = about == sample_.connections.end() ? nullptr : &*about;
    return true;
}

Result<void> SampleSource::rewind() {
    at_ = 0;
    return {};
}

std::string as_raw(const Sample& sample) {
    std::string out;
    const auto number = [&](std::uint64_t value, int width) {
        for (int i = 0; i < width; ++i)
            out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
    };
    for (const SampleRecord& record : sample.records) {
        if (record.header.direction != Direction::request &&
            record.header.direction != Direction::reply)
            continue;
        number(static_cast<std::uint64_t>(record.header.direction), 4);
        number(record.bytes.size(), 4);
        number(static_cast<std::uint64_t>(record.header.time_ns), 8);
        for (const std::byte byte : record.bytes)
            out.push_back(static_cast<char>(byte));
    }
    return out;
}

} // namespace fusewire::samples

#include "tests/capture/records.h"

#include "capture/byte_order.h"
#include "capture/capture_file.h"

namespace fusewire::test {

Record Kept::view() const {
    Record out = record;
    out.bytes = bytes;
    out.comment = comment;
    return out;
}

std::string Contents::all_warnings() const {
    std::string text;
    for (const std::string& line : warnings)
        text += line + "\n";
    return text;
}

Contents read_all(RecordSource& source) {
    Contents contents;
    Record record;
    for (;;) {
        auto more = source.next(record);
        if (!more) {
            contents.failed = true;
            contents.error = more.error();
        }
        if (!more || !*more)
            break;
        Kept kept{record, {record.bytes.begin(), record.bytes.end()}, std::string{record.comment}};
        kept.record.bytes = {};
        kept.record.comment = {};
        contents.records.push_back(std::move(kept));
    }
    contents.connections = source.connections();
    contents.warnings = source.warnings();
    return contents;
}

namespace {

template <class Source>
Contents read_opened(const Result<std::unique_ptr<Source>>& source) {
    if (source)
        return read_all(**source);
    Contents contents;
    contents.failed = true;
    contents.error = source.error();
    return contents;
}

} // namespace

Contents read_all(const std::string& path) {
    return read_opened(open_capture(path));
}

Contents read_bytes(std::span<const std::byte> bytes) {
    return read_opened(files::CaptureFile::open(files::ByteInput::over(bytes, "bytes")));
}

Kept message(std::uint64_t number, std::size_t length, Direction direction) {
    Kept kept;
    kept.bytes.resize(length);
    for (std::size_t i = 0; i < length; ++i)
        kept.bytes[i] = static_cast<std::byte>((i * 31 + i / 251 + number) & 0xff);
    if (length >= 16) {
        files::store_le(&kept.bytes[0], static_cast<std::uint32_t>(length));
        files::store_le(&kept.bytes[8], number * 2);
    }
    kept.record.message_number = number;
    kept.record.time_ns = 1'700'000'000'123'456'789 + static_cast<std::int64_t>(number) * 1000;
    kept.record.conn = ConnId{41};
    kept.record.server_pid = 1234;
    kept.record.server_tid = 1235;
    kept.record.cpu = 1;
    kept.record.pair_key = 0x1122334455667788 + number;
    kept.record.wire_length = static_cast<std::uint32_t>(length);
    kept.record.direction = direction;
    kept.record.transport = Transport::read_write;
    return kept;
}

Connection mounted(std::uint32_t conn, std::string mount_point) {
    Connection connection;
    connection.conn = ConnId{conn};
    connection.mount_point = std::move(mount_point);
    connection.fs_type = "fuse.bindfs";
    connection.source = "/srv/data";
    connection.options = "rw,nosuid,user_id=0,group_id=0,default_permissions";
    connection.server_name = "bindfs";
    connection.server_pid = 1234;
    connection.kernel = "6.12.95+deb12-cloud-amd64";
    connection.tier = "tp";
    connection.cannot_see = {"FORGET", "replies that the kernel refused"};
    connection.minor = 45;
    connection.init_flags = 0x73fffffb;
    return connection;
}

void write_capture(const std::string& path, FileFormat format, const std::vector<Kept>& records,
                   const std::vector<Connection>& connections) {
    auto sink = create_capture(path, format, {"test os", "test"});
    ASSERT_TRUE(sink) << sink.error().message;
    for (const Connection& connection : connections)
        ASSERT_TRUE((*sink)->describe(connection));
    for (const Kept& record : records)
        ASSERT_TRUE((*sink)->write(record.view()));
    ASSERT_TRUE((*sink)->flush());
}

::testing::AssertionResult same(const Kept& expected, const Kept& actual) {
    const Record& a = expected.record;
    const Record& b = actual.record;
    const auto differs = [](const char* what) {
        return ::testing::AssertionFailure() << what << " differs";
    };
    if (a.time_ns != b.time_ns)
        return differs("time_ns") << ": " << a.time_ns << " and " << b.time_ns;
    if (a.message_number != b.message_number || a.pair_key != b.pair_key || a.lost != b.lost)
        return differs("message_number, pair_key or lost");
    if (a.conn != b.conn || a.server_pid != b.server_pid || a.server_tid != b.server_tid ||
        a.cpu != b.cpu)
        return differs("conn, server_pid, server_tid or cpu");
    if (a.wire_length != b.wire_length || a.result != b.result)
        return differs("wire_length or result");
    if (a.flags != b.flags)
        return differs("flags") << ": " << a.flags << " and " << b.flags;
    if (a.direction != b.direction || a.transport != b.transport)
        return differs("direction or transport");
    if (expected.comment != actual.comment)
        return differs("comment");
    return expected.bytes == actual.bytes ? ::testing::AssertionSuccess() : differs("bytes");
}

} // namespace fusewire::test

#include "tests/fuzz/read_whole.h"

#include "tests/fuzz/fuzz_target.h"

#include <set>
#include <vector>

namespace fusewire::fuzz {
namespace {

// What has to be the same when a record is read again.
struct Digest {
    std::uint64_t message_number = 0;
    std::uint32_t wire_length = 0;
    std::size_t captured = 0;

    bool operator==(const Digest&) const = default;
};

Digest digest_of(const Record& record) {
    return {record.message_number, record.wire_length, record.bytes.size()};
}

void check_record(const Record& record) {
    require(record.direction <= Direction::loss, "a direction is one we know");
    require(record.bytes.size() <= record.wire_length, "no more is captured than was on the wire");
    require(record.frame > 0, "a record of a file has a frame number");
    touch(record.bytes);
    touch(std::as_bytes(std::span(record.comment)));
}

void check_error(const Error& error) {
    require(!error.message.empty(), "an error says what is wrong");
    require(error.message.find('\n') == std::string::npos, "an error is one line");
}

struct Pass {
    std::vector<Digest> records;
    std::set<std::uint64_t> frames;
    std::vector<Position> positions; // of a mapped file
};

Pass read_to_end(RecordSource& source) {
    Pass pass;
    const bool mapped = source.random_access() != nullptr;
    for (;;) {
        Record record;
        const Result<bool> more = source.next(record);
        if (!more)
            check_error(more.error());
        if (!more || !*more)
            return pass;
        check_record(record);
        require(pass.frames.insert(record.frame).second, "a frame is one record");
        pass.records.push_back(digest_of(record));
        if (mapped)
            pass.positions.push_back(source.position());
    }
}

void read_backwards(RandomAccess& random_access, const Pass& pass) {
    for (std::size_t i = pass.positions.size(); i-- > 0;) {
        Record record;
        const Result<bool> there = random_access.read_at(pass.positions[i], record);
        if (!there && there.error().code == Errc::unsupported)
            return;
        require(there && *there, "a record that was read can be read again");
        // How much of it there is may differ where a file leaves more messages unfinished than are
        // kept: read again by itself, this one is not pushed out by the others.
        const Digest again = digest_of(record);
        require(again.message_number == pass.records[i].message_number &&
                    again.wire_length == pass.records[i].wire_length,
                "a record is the same message when read again");
        touch(record.bytes);
    }
}

void check_connections(const RecordSource& source) {
    std::set<ConnId> seen;
    for (const Connection& connection : source.connections())
        require(seen.insert(connection.conn).second, "a connection is listed once");
}

} // namespace

void read_whole(Result<std::unique_ptr<RecordSource>> opened) {
    if (!opened) {
        check_error(opened.error());
        return;
    }
    RecordSource& source = **opened;
    const Pass first = read_to_end(source);
    check_connections(source);
    if (const auto random_access = source.random_access())
        read_backwards(*random_access, first);
    if (source.rewindable() && source.rewind())
        require(read_to_end(source).records == first.records,
                "a second pass reads the same records");
}

} // namespace fusewire::fuzz

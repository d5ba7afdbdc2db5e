#include "dissector/frame_decoder.h"

#include <fmt/format.h>

#include <algorithm>

namespace fusewire {

Result<Decoded> FrameDecoder::decode(Row row) {
    const FrameRow facts = index_[row];
    exchange_ = {};
    fill_exchange(facts);
    const bool answers = facts.kind == MessageKind::reply && facts.has_partner();
    if (answers) {
        if (auto decoded = decode_request(facts.partner); !decoded)
            return tl::unexpected(decoded.error());
        exchange_.request = &request_;
    }
    if (auto found = read(facts, record_); !found)
        return tl::unexpected(found.error());
    dissect(record_, {dialect_of(row), exchange_.request}, message_);
    return Decoded{record_, message_, exchange_};
}

Result<void> FrameDecoder::read(const FrameRow& row, Record& record) {
    record.frame = row.frame;
    auto found = read_(row.position, record);
    if (!found)
        return tl::unexpected(found.error());
    if (!*found)
        return fail(Errc::damaged, fmt::format("frame {} is no longer at byte {} of the file",
                                               row.frame, row.position));
    return {};
}

// As Session keeps it: decoded whole, and the first bytes of it.
Result<void> FrameDecoder::decode_request(Row row) {
    Record record;
    if (auto found = read(index_[row], record); !found)
        return found;
    dissect(record, {dialect_of(row), nullptr}, request_);
    const Bytes kept = record.bytes.first(std::min(record.bytes.size(), Session::kept_bytes));
    request_bytes_.assign(kept.begin(), kept.end());
    request_.bytes = request_bytes_;
    return {};
}

Dialect FrameDecoder::dialect_of(Row row) const {
    Dialect dialect = index_.dialect_of(row);
    dialect.name = forced_.value_or(dialect.name);
    return dialect;
}

void FrameDecoder::fill_exchange(const FrameRow& row) {
    exchange_.again = row.has(frame_again);
    exchange_.ends_request = row.has(frame_ends_request);
    exchange_.latency_ns = index_.latency_ns(row);
    if (!row.has_partner())
        return;
    const FrameRow partner = index_[row.partner];
    if (row.kind == MessageKind::request && !exchange_.again) {
        exchange_.reply_frame = partner.frame;
        return;
    }
    exchange_.request_frame = partner.frame;
    const bool settled_before = exchange_.again && exchange_.ends_request;
    if (settled_before)
        return;
    exchange_.began_unseen = partner.has(frame_in_flight);
    const bool has_begun = !exchange_.began_unseen && !partner.has(frame_no_time);
    if (exchange_.again && has_begun)
        exchange_.began_ns = partner.time_ns;
}

} // namespace fusewire

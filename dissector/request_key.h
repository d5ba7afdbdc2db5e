// RequestKey: what a request is kept under until its reply comes, for all that pair the two.
#pragma once

#include "dissector/message.h"
#include "dissector/record.h"
#include "dissector/requests.h"

#include <cstddef>
#include <cstdint>

namespace fusewire {

struct RequestKey {
    std::uint64_t id = 0; // 0: it cannot be paired
    std::uint32_t conn = 0;
    bool by_address = false; // `id` is the record's pair key
    bool operator==(const RequestKey&) const = default;

    static RequestKey by_unique(ConnId conn, std::uint64_t unique) {
        return {unique & ~resend_bit, static_cast<std::uint32_t>(conn), false};
    }
    static RequestKey by_pair_key(ConnId conn, std::uint64_t pair_key) {
        return {pair_key, static_cast<std::uint32_t>(conn), true};
    }
    // The kernel gives the unique when the request is sent; a probe that sees it before then has only
    // the request's address.
    static RequestKey of(ConnId conn, std::uint64_t unique, std::uint64_t pair_key) {
        return unique == 0 ? by_pair_key(conn, pair_key) : by_unique(conn, unique);
    }
};

struct RequestKeyHash {
    std::size_t operator()(const RequestKey& key) const {
        return (key.id * 0x9e3779b97f4a7c15u) ^ (std::uint64_t{key.conn} << 32) ^ key.by_address;
    }
};

// In a map by RequestKey: what a reply answers, or the unanswered request that this one is. end() if
// there is none.
template <class Map>
auto find_request(Map& map, const Record& record, const Message& message) {
    const auto found = map.find(RequestKey::by_unique(record.conn, message.unique));
    return found != map.end() || record.pair_key == 0
               ? found
               : map.find(RequestKey::by_pair_key(record.conn, record.pair_key));
}

} // namespace fusewire

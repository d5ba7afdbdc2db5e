// Pairing: which request a message belongs to.
#include "dissector/frame_index.h"
#include "dissector/pairing.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace fusewire {
namespace {

constexpr ConnId conn{41};
constexpr std::uint64_t resent = std::uint64_t{1} << 63;

Row row_of(Pairing& pairing, std::uint64_t unique, std::uint64_t pair_key = 0) {
    const WaitingRequest* found = pairing.find(conn, unique, pair_key);
    return found == nullptr ? no_row : found->row;
}

TEST(Pairing, FindsARequestByUniqueWhetherItWasResentOrNot) {
    Pairing pairing;
    pairing.wait(conn, 0, {.unique = 2 | resent, .row = 7});
    EXPECT_EQ(row_of(pairing, 2), 7u);
    EXPECT_EQ(row_of(pairing, 2 | resent), 7u);
    EXPECT_EQ(pairing.find(ConnId{42}, 2, 0), nullptr);
}

TEST(Pairing, FindsARequestWithoutAUniqueByItsAddress) {
    Pairing pairing;
    pairing.wait(conn, 0x1000, {.unique = 0, .row = 7});
    pairing.wait(conn, 0x2000, {.unique = 4, .row = 8});
    EXPECT_EQ(row_of(pairing, 6, 0x1000), 7u);
    EXPECT_EQ(row_of(pairing, 6, 0x2000), no_row) << "its unique was known";
}

TEST(Pairing, ANumberThatComesAgainMeansTheLatestRequest) {
    Pairing pairing;
    pairing.wait(conn, 0, {.unique = 2, .row = 7});
    pairing.wait(conn, 0, {.unique = 2, .row = 8});
    EXPECT_EQ(row_of(pairing, 2), 8u);
    EXPECT_EQ(pairing.size(), 1u);
}

TEST(Pairing, GivesUpTheOldestWhenTooManyWait) {
    Pairing pairing;
    for (std::uint64_t i = 0; i < Pairing::limit + 10; ++i)
        pairing.wait(conn, 0, {.unique = 2 * i + 2, .row = static_cast<Row>(i)});
    EXPECT_EQ(pairing.size(), Pairing::limit);
    EXPECT_EQ(row_of(pairing, 2 * 9 + 2), no_row);
    EXPECT_EQ(row_of(pairing, 2 * 10 + 2), 10u);
}

TEST(Pairing, AgreesWithAPlainMapThroughRandomTraffic) {
    Pairing pairing;
    std::map<std::uint64_t, Row> plain;
    std::mt19937 random(3);
    for (Row row = 0; row < 200'000; ++row) {
        const std::uint64_t unique = 2 + 2 * (random() % 3000);
        ASSERT_EQ(row_of(pairing, unique), plain.contains(unique) ? plain[unique] : no_row);
        if (random() % 2 == 0) {
            pairing.wait(conn, 0, {.unique = unique, .row = row});
            plain[unique] = row;
        } else if (plain.erase(unique) != 0) {
            pairing.settle(*pairing.find(conn, unique, 0));
        }
        ASSERT_EQ(pairing.size(), plain.size());
    }
}

} // namespace
} // namespace fusewire

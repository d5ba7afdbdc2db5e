// What becomes of the fields of STATX replies, alone and beside a lookup.
#include "dissector/checker.h"
#include "dissector/statx_view.h"
#include "tests/dissector/records.h"

#include <gtest/gtest.h>

#include <string>

namespace fusewire {
namespace {

using testing::record_of;
using testing::reply;
using testing::request;
using testing::Wire;

constexpr std::uint32_t statx = 52, compound = 54, lookup_handle = 55;
constexpr std::uint32_t regular = 0100644, directory = 0040755;
constexpr std::uint32_t all = 0xfff, basic = 0x7ff, without_size = 0x5ff;

Wire time(std::uint64_t seconds) {
    return Wire().u64(seconds).u32(5).zeros(4);
}

// struct fuse_statx_out with size 100, ino 7.
Wire answer(std::uint32_t mask, std::uint32_t mode = regular, std::uint64_t size = 100) {
    return Wire()
        .zeros(32)
        .u32(mask)
        .u32(4096)
        .u64(0)
        .u32(1)
        .u32(1000)
        .u32(1000)
        .u16(mode)
        .zeros(2)
        .u64(7)
        .u64(size)
        .u64(8)
        .u64(0)
        .append(time(10))
        .append(time(20))
        .append(time(30))
        .append(time(40))
        .zeros(128);
}

Wire question(std::uint32_t mask = all) {
    return Wire().zeros(20).u32(mask);
}

Attributes known() {
    Attributes attributes;
    attributes.ino = 7;
    attributes.size = 100;
    attributes.blocks = 8;
    attributes.mode = regular;
    attributes.nlink = 1;
    attributes.uid = attributes.gid = 1000;
    attributes.blksize = 4096;
    attributes.ctime = 30;
    attributes.mtime = 40;
    attributes.ctime_ns = attributes.mtime_ns = 5;
    return attributes;
}

class StatxView : public ::testing::Test {
  protected:
    StatxView() {
        node_.nodeid = 7;
        node_.attributes = known();
        node_.attributes_frame = 3;
    }
    // STATX as a message of its own.
    void alone(const Wire& body, std::uint32_t wanted = all) {
        asked_ = request(statx, 10, 7, question(wanted));
        answered_ = reply(10, 0, body);
        decode(DialectName::upstream, no_sub);
    }
    // LOOKUP_HANDLE + STATX; the lookup answers with this nodeid or error.
    void looked_up(const Wire& body, std::uint64_t nodeid = 7, std::int32_t error = 0) {
        const Wire name = request(lookup_handle, 0, 1, Wire().name("a"));
        const Wire second = request(statx, 0, 1, question());
        asked_ = request(compound, 10, 0,
                         Wire().u32(2).u32(0).u32(458).zeros(12).append(name).append(second));
        const Wire entry = error == 0 ? Wire().u64(nodeid).zeros(32).u16(1).text("h") : Wire();
        answered_ =
            reply(10, 0,
                  Wire().u32(2).zeros(12).append(reply(0, error, entry)).append(reply(0, 0, body)));
        decode(DialectName::lookup_handle_v3, 1);
    }
    const StatxFact& fact(std::string_view name) const {
        static const StatxFact none;
        for (const StatxFact& one : facts_)
            if (name == one.row->name)
                return one;
        ADD_FAILURE() << "no " << name;
        return none;
    }

    NodeState node_;
    std::optional<DirentFact> dirent_;
    std::vector<StatxFact> facts_;

  private:
    void decode(DialectName dialect, std::int16_t sub) {
        Session session;
        session.force_dialect(dialect);
        Message question, answer;
        Exchange exchange;
        session.see(record_of(asked_, Direction::request, 0, 1), question, exchange);
        session.see(record_of(answered_, Direction::reply, 1, 2), answer, exchange);
        const auto operation = [&](const Message& message) {
            return sub == no_sub ? Operation(message)
                                 : Operation(message, static_cast<std::size_t>(sub));
        };
        facts_ = view_statx(operation(question), operation(answer), dialect, &node_,
                            dirent_ ? &*dirent_ : nullptr);
    }
    Wire asked_, answered_;
};

TEST_F(StatxView, EveryFieldHasARow) {
    alone(answer(all));
    EXPECT_EQ(facts_.size(), statx_rows().size());
}

TEST_F(StatxView, ACompleteAnswerIsKept) {
    alone(answer(basic));
    EXPECT_EQ(fact("size").use, StatxUse::kept);
    EXPECT_EQ(fact("mode").value.number, 0644u);
    EXPECT_EQ(fact("mtime").value, (StatxValue{40, 5}));
    EXPECT_TRUE(fact("btime").requested);
    EXPECT_FALSE(fact("btime").answered);
    EXPECT_EQ(fact("btime").use, StatxUse::ignored);
    EXPECT_EQ(fact("attributes").use, StatxUse::ignored);
}

TEST_F(StatxView, AnIncompleteAnswerReachesOnlyTheCaller) {
    alone(answer(without_size));
    EXPECT_TRUE(fact("size").requested);
    EXPECT_FALSE(fact("size").answered);
    EXPECT_EQ(fact("size").use, StatxUse::passed);
    EXPECT_EQ(fact("ino").use, StatxUse::passed);
    EXPECT_TRUE(fact("size").used());
}

TEST_F(StatxView, BesideALookupEveryFieldIsUsedWhateverTheMaskSays) {
    looked_up(answer(0));
    EXPECT_EQ(fact("size").use, StatxUse::kept);
    EXPECT_TRUE(fact("size").surprises());
    EXPECT_EQ(fact("rdev").use, StatxUse::kept);
    EXPECT_EQ(fact("btime").use, StatxUse::ignored);
}

TEST_F(StatxView, AStatxWhoseLookupFailedIsIgnored) {
    constexpr std::int32_t enoent = -2;
    looked_up(answer(all), 7, enoent);
    EXPECT_EQ(fact("size").use, StatxUse::ignored);
    looked_up(answer(all), 0);
    EXPECT_EQ(fact("size").use, StatxUse::ignored);
}

TEST_F(StatxView, AChangedTypeIsRefusedOnlyWhenTheMaskNamesIt) {
    alone(answer(all, directory));
    EXPECT_EQ(fact("type").use, StatxUse::refused);
    EXPECT_EQ(fact("size").use, StatxUse::ignored);
    alone(answer(all & ~1u, directory));
    EXPECT_EQ(fact("type").use, StatxUse::ignored);
    EXPECT_EQ(fact("size").use, StatxUse::passed);
}

TEST_F(StatxView, ASizeThatNoFileHasIsRefused) {
    alone(answer(all, regular, ~std::uint64_t{0}));
    EXPECT_EQ(fact("size").use, StatxUse::refused);
}

TEST_F(StatxView, DifferencesNameWhatWasKnownAndSince) {
    node_.attributes->size = 99;
    alone(answer(all));
    ASSERT_TRUE(fact("size").from_node);
    EXPECT_EQ(fact("size").from_node->value.number, 99u);
    EXPECT_EQ(fact("size").from_node->frame, 3u);
    EXPECT_FALSE(fact("ino").from_node);
}

TEST_F(StatxView, WhatTheNodesStatxLeftOutIsNotCompared) {
    node_.attributes->is_statx = true;
    node_.attributes->mask = without_size;
    node_.attributes->size = 99;
    node_.attributes->uid = 0;
    alone(answer(all));
    EXPECT_FALSE(fact("size").from_node);
    EXPECT_TRUE(fact("uid").from_node);
}

TEST_F(StatxView, TheDirectoryEntryIsComparedInInoAndType) {
    constexpr std::uint32_t dt_dir = 4;
    dirent_ = DirentFact{8, dt_dir, 2};
    alone(answer(all));
    ASSERT_TRUE(fact("ino").from_dirent);
    EXPECT_EQ(fact("ino").from_dirent->value.number, 8u);
    ASSERT_TRUE(fact("type").from_dirent);
    EXPECT_EQ(fact("type").from_dirent->value.number, 0040000u);
    dirent_ = DirentFact{0, 0, 2};
    alone(answer(all));
    EXPECT_FALSE(fact("ino").from_dirent);
    EXPECT_FALSE(fact("type").from_dirent);
}

TEST_F(StatxView, AnErrorHasNoFields) {
    alone(Wire());
    EXPECT_TRUE(facts_.empty());
}

} // namespace
} // namespace fusewire

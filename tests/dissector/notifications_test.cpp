// Notifications.
#include "tests/dissector/decoded_message.h"

#include <gtest/gtest.h>

using namespace fusewire;
using namespace fusewire::testing;

TEST(Notifications, FixedOnes) {
    EXPECT_EQ(decode_notification(1, Wire().u64(77)).value("notify_poll.kh"), 77u);
    const auto inode =
        decode_notification(2, Wire().u64(66).u64(static_cast<std::uint64_t>(-1)).u64(0));
    EXPECT_EQ(inode.value("notify_inval_inode.ino"), 66u);
    EXPECT_EQ(inode.find("notify_inval_inode.ino")->field->kind, Kind::nodeid);
    EXPECT_EQ(static_cast<std::int64_t>(inode.value("notify_inval_inode.off")), -1);
    const auto retrieve =
        decode_notification(5, Wire().u64(0x7001).u64(66).u64(4096).u32(5).u32(0));
    EXPECT_EQ(retrieve.value("notify_retrieve.notify_unique"), 0x7001u);
    EXPECT_EQ(retrieve.value("notify_retrieve.size"), 5u);
}

TEST(Notifications, HeaderHasTheCodeForAnError) {
    const auto wakeup = decode_notification(1, Wire().u64(77));
    EXPECT_EQ(wakeup.message().kind, MessageKind::notification);
    EXPECT_EQ(wakeup.value("header.notify"), 1u);
    EXPECT_FALSE(wakeup.has("header.error"));
}

TEST(Notifications, NameLengthDoesNotCountTheNul) {
    const auto entry = decode_notification(3, Wire().u64(33).u32(8).u32(1).name("file.txt"));
    EXPECT_EQ(entry.value("notify_inval_entry.flags"), 1u);
    EXPECT_EQ(entry.text("notify_inval_entry.name"), "file.txt");
    EXPECT_TRUE(entry.clean()) << entry.findings();
    const auto deleted =
        decode_notification(6, Wire().u64(33).u64(66).u32(8).u32(0).name("file.txt"));
    EXPECT_EQ(deleted.value("notify_delete.child"), 66u);
    EXPECT_EQ(deleted.text("notify_delete.name"), "file.txt");
    EXPECT_TRUE(deleted.clean()) << deleted.findings();
}

TEST(Notifications, NameLengthThatDoesNotFitIsReported) {
    const auto too_long =
        decode_notification(3, Wire().u64(33).u32(0xffffffff).u32(0).name("file.txt"));
    EXPECT_TRUE(too_long.reports(Rule::body_short)) << too_long.findings();
    const auto too_short = decode_notification(3, Wire().u64(33).u32(4).u32(0).name("file.txt"));
    EXPECT_EQ(too_short.text("notify_inval_entry.name"), "file");
    EXPECT_TRUE(too_short.reports(Rule::name_no_nul)) << too_short.findings();
    EXPECT_TRUE(too_short.reports(Rule::body_long)) << too_short.findings();
}

TEST(Notifications, NameWithoutItsNulIsReported) {
    const auto entry = decode_notification(3, Wire().u64(33).u32(8).u32(0).text("file.txt"));
    EXPECT_EQ(entry.text("notify_inval_entry.name"), "file.txt");
    EXPECT_TRUE(entry.reports(Rule::name_no_nul));
}

TEST(Notifications, StoreCarriesData) {
    const auto store = decode_notification(4, Wire().u64(66).u64(4096).u32(5).u32(0).text("hello"));
    EXPECT_EQ(store.text("notify_store.data"), "hello");
    EXPECT_EQ(store.offset("notify_store.data"), 40u);
    EXPECT_TRUE(store.clean()) << store.findings();
}

TEST(Notifications, PruneListsNodes) {
    const auto prune = decode_notification(9, Wire().u32(3).u32(0).u64(0).u64(66).u64(67).u64(68));
    ASSERT_EQ(prune.count("notify_prune.nodeids"), 3u);
    EXPECT_EQ(prune.value("notify_prune.nodeids[2]"), 68u);
    EXPECT_EQ(prune.find("notify_prune.nodeids")->field->kind, Kind::nodeid);
    EXPECT_TRUE(prune.clean()) << prune.findings();
    EXPECT_TRUE(
        decode_notification(9, Wire().u32(3).u32(0).u64(0).u64(66)).reports(Rule::array_count));
}

TEST(Notifications, EmptyOnesAndUnknownCodes) {
    EXPECT_TRUE(decode_notification(7, Wire()).clean());
    EXPECT_TRUE(decode_notification(8, Wire()).clean());
    for (const std::int32_t code : {10, -2, 0}) {
        const auto unknown = decode_notification(code, Wire().text("what"));
        EXPECT_TRUE(unknown.reports(Rule::notify_code)) << code;
        EXPECT_EQ(unknown.text("payload"), "what");
    }
}

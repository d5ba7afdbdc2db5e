// MKNOD, MKDIR, SYMLINK, LINK, CREATE, TMPFILE, UNLINK, RMDIR, RENAME, RENAME2.
#include "tests/dissector/decoded_message.h"

#include <gtest/gtest.h>

using namespace fusewire;
using namespace fusewire::testing;

TEST(Mknod, HasModeDeviceAndName) {
    const auto mknod =
        decode_request(8, Wire().u32(0020600).u32(0x0103).u32(022).u32(0).name("tty"));
    EXPECT_EQ(mknod.value("mknod.mode"), 0020600u);
    EXPECT_EQ(mknod.value("mknod.rdev"), 0x0103u);
    EXPECT_EQ(mknod.value("mknod.umask"), 022u);
    EXPECT_EQ(mknod.text("mknod.name"), "tty");
    EXPECT_EQ(mknod.offset("mknod.name"), 56u);
    EXPECT_TRUE(mknod.clean()) << mknod.findings();
}

TEST(Mknod, Before712ItHasNoUmask) {
    const Wire old = Wire().u32(0100600).u32(0).name("file");
    for (const Dialect& dialect : {negotiated(11), Dialect{}}) {
        const auto mknod = decode_request(8, old, dialect);
        EXPECT_FALSE(mknod.has("mknod.umask"));
        EXPECT_EQ(mknod.text("mknod.name"), "file");
        EXPECT_TRUE(mknod.clean()) << mknod.findings();
    }
}

TEST(Mkdir, HasPermissionsAndName) {
    const auto mkdir = decode_request(9, Wire().u32(0755).u32(022).name("dir"));
    EXPECT_EQ(mkdir.value("mkdir.mode"), 0755u);
    EXPECT_EQ(mkdir.text("mkdir.name"), "dir");
    EXPECT_TRUE(mkdir.clean()) << mkdir.findings();
}

TEST(Symlink, HasTwoStrings) {
    const auto symlink = decode_request(6, Wire().name("link").name("../target"));
    EXPECT_EQ(symlink.text("symlink.name"), "link");
    EXPECT_EQ(symlink.text("symlink.target"), "../target");
    EXPECT_EQ(symlink.offset("symlink.target"), 45u);
    EXPECT_TRUE(symlink.clean()) << symlink.findings();
}

TEST(Symlink, SecondStringMissingIsReported) {
    const auto symlink = decode_request(6, Wire().name("link"));
    EXPECT_EQ(symlink.text("symlink.name"), "link");
    EXPECT_FALSE(symlink.clean());
}

TEST(Link, NamesTheExistingNodeAndTheNewName) {
    const auto link = decode_request(13, Wire().u64(66).name("another"));
    EXPECT_EQ(link.value("link.oldnodeid"), 66u);
    EXPECT_EQ(link.text("link.name"), "another");
    const auto answer =
        decode_reply(request_bytes(13, Wire().u64(66).name("another")), entry_bytes());
    EXPECT_EQ(answer.value("link.nodeid"), 66u);
}

TEST(Unlink, IsAName) {
    EXPECT_EQ(decode_request(10, Wire().name("file.txt")).text("unlink.name"), "file.txt");
    EXPECT_EQ(decode_request(11, Wire().name("dir")).text("rmdir.name"), "dir");
}

TEST(Rename, HasNewParentAndTwoNames) {
    const auto rename = decode_request(12, Wire().u64(34).name("old").name("newer"));
    EXPECT_EQ(rename.value("rename.newdir"), 34u);
    EXPECT_EQ(rename.text("rename.name"), "old");
    EXPECT_EQ(rename.text("rename.newname"), "newer");
    EXPECT_EQ(rename.offset("rename.newname"), 52u);
    EXPECT_TRUE(rename.clean()) << rename.findings();
}

TEST(Rename, NamesWithTwoNulsLeaveBytesOver) {
    const auto rename = decode_request(12, Wire().u64(34).name("old").name("new").name("third"));
    EXPECT_EQ(rename.text("rename.newname"), "new");
    EXPECT_TRUE(rename.reports(Rule::body_long));
}

TEST(Rename2, HasFlags) {
    const auto rename = decode_request(45, Wire().u64(34).u32(2).u32(0).name("old").name("new"));
    EXPECT_EQ(rename.value("rename2.flags"), 2u);
    EXPECT_EQ(rename.text("rename2.newname"), "new");
}

TEST(Create, ReplyIsAnEntryAndAnOpenFile) {
    const Buffer asked =
        request_bytes(35, Wire().u32(0100102).u32(0100644).u32(022).u32(1).name("f"));
    const auto answer = decode_reply(asked, entry_bytes().append(open_bytes()));
    EXPECT_EQ(answer.value("create.nodeid"), 66u);
    EXPECT_EQ(answer.value("create.fh"), 5u);
    EXPECT_EQ(answer.offset("create.fh"), 16u + 128);
    EXPECT_EQ(answer.value("create.open_flags"), 3u);
    EXPECT_EQ(static_cast<std::int64_t>(answer.value("create.backing_id")), -1);
    EXPECT_TRUE(answer.clean()) << answer.findings();
}

TEST(Create, Before79TheEntryInTheReplyIsShort) {
    const Buffer asked = request_bytes(35, Wire().u32(0100102).u32(0100644).name("f"));
    const auto answer =
        decode_reply(asked, entry_bytes(ByteOrder::little, 80).append(open_bytes()), negotiated(8));
    EXPECT_EQ(answer.offset("create.fh"), 16u + 120);
    EXPECT_EQ(answer.value("create.fh"), 5u);
    EXPECT_TRUE(answer.clean()) << answer.findings();
}

TEST(Create, Before712TheRequestHasNoUmask) {
    const Wire old = Wire().u32(0100102).u32(0100644).name("a-long-enough-name");
    for (const Dialect& dialect : {negotiated(11), Dialect{}}) {
        const auto create = decode_request(35, old, dialect);
        EXPECT_EQ(create.text("create.name"), "a-long-enough-name");
        EXPECT_FALSE(create.has("create.umask"));
        EXPECT_TRUE(create.clean()) << create.findings();
    }
}

TEST(Create, SizeIsToldFromTheBytesWhenInitWasNotSeen) {
    const auto create = decode_request(
        35, Wire().u32(0100102).u32(0100644).u32(022).u32(0).name("a-long-enough-name"));
    EXPECT_EQ(create.value("create.umask"), 022u);
    EXPECT_EQ(create.text("create.name"), "a-long-enough-name");
    EXPECT_TRUE(create.clean()) << create.findings();
}

TEST(Tmpfile, HasAPlaceholderForAName) {
    const auto tmpfile =
        decode_request(51, Wire().u32(020200002).u32(0100600).u32(022).u32(0).name("/"));
    EXPECT_EQ(tmpfile.text("tmpfile.name"), "/");
    EXPECT_TRUE(tmpfile.clean()) << tmpfile.findings();
}

#include "capture/live/mounts.h"

#include <gtest/gtest.h>

#include <map>

namespace fusewire {

namespace {

constexpr std::string_view mountinfo = R"(22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
40 27 0:52 / /mnt/data rw,nosuid,nodev,relatime shared:7 master:2 - fuse.sshfs me@host:/data rw,user_id=1000,group_id=1000
41 27 0:53 / /mnt/with\040space\011tab\134slash rw - fuse.bindfs /below\040it rw,user_id=0
42 40 0:54 / /mnt/data/inner rw - fuse server rw
43 27 8:17 / /mnt/usb rw - fuseblk /dev/sdb1 rw,blksize=4096
44 27 0:55 / /sys/fs/fuse/connections rw - fusectl fusectl rw
45 27 0:56 / /mnt/share rw - virtiofs tag rw
46 40 0:57 / /mnt/data/tmp rw - tmpfs tmpfs rw
47 27 0:52 /sub /mnt/again rw - fuse.sshfs me@host:/data rw
48 27 0:58 / /mnt/stack rw - fuse.lower l rw
49 48 0:59 / /mnt/stack rw - fuse.upper u rw
)";

const std::vector<Mount> mounts = parse_mountinfo(mountinfo);

const ReadLink no_links = [](const std::string&) { return std::nullopt; };

std::uint32_t found(std::string_view target, std::string_view directory = "/") {
    const auto conn = find_connection(target, mounts, directory, no_links);
    return conn ? static_cast<std::uint32_t>(*conn) : 0;
}

std::string refusal(std::string_view target, std::string_view directory = "/") {
    const auto conn = find_connection(target, mounts, directory, no_links);
    return conn ? std::string() : conn.error().message;
}

TEST(Mounts, EachFieldIsReadWhateverOptionalFieldsStandBetween) {
    ASSERT_EQ(mounts.size(), 12u);
    const Mount& sshfs = mounts[2];
    EXPECT_EQ(sshfs.conn, ConnId{52});
    EXPECT_EQ(sshfs.mount_point, "/mnt/data");
    EXPECT_EQ(sshfs.fs_type, "fuse.sshfs");
    EXPECT_EQ(sshfs.source, "me@host:/data");
    EXPECT_EQ(sshfs.options, "rw,user_id=1000,group_id=1000");
}

TEST(Mounts, OctalEscapesAreUndone) {
    EXPECT_EQ(mounts[3].mount_point, "/mnt/with space\ttab\\slash");
    EXPECT_EQ(mounts[3].source, "/below it");
}

TEST(Mounts, ABlockDevicesConnectionIsItsEncodedNumber) {
    EXPECT_EQ(mounts[5].conn, ConnId{8u << 20 | 17u});
}

TEST(Mounts, FuseTypesAreFuseFuseblkAndVirtiofsButNotFusectl) {
    std::string types;
    for (const Mount& mount : mounts)
        if (mount.is_fuse())
            types += mount.fs_type + " ";
    EXPECT_EQ(types,
              "fuse.sshfs fuse.bindfs fuse fuseblk virtiofs fuse.sshfs fuse.lower fuse.upper ");
}

TEST(Mounts, LinesThatMakeNoSenseAreLeftOut) {
    EXPECT_TRUE(parse_mountinfo("").empty());
    EXPECT_TRUE(parse_mountinfo("\n\n").empty());
    EXPECT_TRUE(parse_mountinfo("40 27 0:52 / /mnt rw").empty());
    EXPECT_TRUE(parse_mountinfo("40 27 0:x / /mnt rw - fuse s rw").empty());
    EXPECT_TRUE(parse_mountinfo("40 27 0:99999999 / /mnt rw - fuse s rw").empty());
    EXPECT_TRUE(parse_mountinfo("40 27 0:52 - fuse s rw").empty());
    EXPECT_EQ(parse_mountinfo("40 27 0:52 / /a\\04 rw - fuse").at(0).mount_point, "/a\\04");
}

TEST(Mounts, ABindMountIsTheSameConnectionAndListedOnce) {
    const auto connections = fuse_connections(mounts);
    ASSERT_EQ(connections.size(), 7u);
    EXPECT_EQ(connections[0].mount_point, "/mnt/data");
    EXPECT_EQ(found("/mnt/again"), 52u);
}

TEST(Mounts, APathBelowTheMountPointFindsIt) {
    EXPECT_EQ(found("/mnt/data"), 52u);
    EXPECT_EQ(found("/mnt/data/"), 52u);
    EXPECT_EQ(found("/mnt/data/a/b"), 52u);
    EXPECT_EQ(found("/mnt/with space\ttab\\slash/x"), 53u);
}

TEST(Mounts, TheInnermostMountWins) {
    EXPECT_EQ(found("/mnt/data/inner/x"), 54u);
    EXPECT_EQ(found("/mnt/data/innermost"), 52u);
    EXPECT_NE(refusal("/mnt/data/tmp/x"), "");
}

TEST(Mounts, OfMountsOnTheSamePointTheLastWins) {
    EXPECT_EQ(found("/mnt/stack"), 59u);
}

TEST(Mounts, RelativePathsAreResolvedAsText) {
    EXPECT_EQ(found("data", "/mnt"), 52u);
    EXPECT_EQ(found(".", "/mnt/data/deep"), 52u);
    EXPECT_EQ(found("../data/./x/..//y", "/mnt/usb"), 52u);
    EXPECT_EQ(real_path("../../../..", "/a/b", mounts, no_links), "/");
    EXPECT_EQ(real_path("", "/a", mounts, no_links), "/a");
}

// Links of an imaginary machine, and which paths were asked about.
struct Links {
    std::map<std::string, std::string> targets;
    std::vector<std::string> asked;

    ReadLink reader() {
        return [this](const std::string& path) -> std::optional<std::string> {
            asked.push_back(path);
            const auto found = targets.find(path);
            return found == targets.end() ? std::nullopt : std::optional(found->second);
        };
    }
};

TEST(Mounts, LinksThatLeadToAMountAreFollowed) {
    Links links{{{"/home", "/data/home"},
                 {"/data/home/me/disk", "../../../mnt/./data"},
                 {"/l", "home/me/disk/below"}},
                {}};
    const ReadLink link = links.reader();
    EXPECT_EQ(real_path("/l/x", "/", mounts, link), "/mnt/data/below/x");
    EXPECT_EQ(real_path("disk/../usb", "/home/me", mounts, link), "/mnt/usb");
    EXPECT_EQ(find_connection("disk", mounts, "/home/me", link), ConnId{52});
}

TEST(Mounts, NothingOnAFuseMountIsAskedForLinks) {
    Links links{{{"/link", "/mnt/data/x"}}, {}};
    EXPECT_EQ(real_path("/link/y/../../inner/z", "/", mounts, links.reader()), "/mnt/data/inner/z");
    EXPECT_EQ(links.asked, (std::vector<std::string>{"/link", "/mnt"}));
}

TEST(Mounts, LinksOfAnotherFileSystemBelowAFuseMountAreFollowed) {
    Links links{{{"/mnt/data/tmp/l", "/mnt/usb"}}, {}};
    EXPECT_EQ(find_connection("/mnt/data/tmp/l", mounts, "/", links.reader()),
              ConnId{8u << 20 | 17u});
}

TEST(Mounts, LinksThatGoInCirclesAreRefused) {
    Links links{{{"/a", "b"}, {"/b", "a"}}, {}};
    const auto conn = find_connection("/a", mounts, "/", links.reader());
    ASSERT_FALSE(conn);
    EXPECT_EQ(conn.error().message, "/a: too many symbolic links");
}

TEST(Mounts, ANumberIsAConnection) {
    EXPECT_EQ(found("54"), 54u);
    EXPECT_EQ(found("54x", "/mnt/data"), 52u); // a file name
}

TEST(Mounts, TheErrorSaysWhichMountsThereAre) {
    EXPECT_EQ(refusal("/home"),
              "/home is not on a FUSE mount; FUSE mounts here: /mnt/data (52), "
              "/mnt/with space\ttab\\slash (53), /mnt/data/inner (54), /mnt/usb (8388625), "
              "/mnt/share (56), /mnt/stack (58), /mnt/stack (59)");
    EXPECT_TRUE(refusal("4000000001").starts_with("no FUSE connection 4000000001; FUSE mounts"));
    // The file system's own number is not a connection.
    EXPECT_NE(refusal("57"), "");
}

TEST(Mounts, WithoutFuseMountsTheErrorSaysSo) {
    const auto conn = find_connection("/x", {}, "/");
    ASSERT_FALSE(conn);
    EXPECT_EQ(conn.error().code, Errc::usage);
    EXPECT_EQ(conn.error().message, "/x is not on a FUSE mount; there are no FUSE mounts here");
}

TEST(Mounts, AMissingFileIsAnError) {
    EXPECT_FALSE(read_mounts("/nowhere/mountinfo"));
}

TEST(Mounts, OurOwnMountinfoIsRead) {
    const auto here = read_mounts();
    ASSERT_TRUE(here);
    EXPECT_FALSE(here->empty());
}

} // namespace

} // namespace fusewire

// A server of somebody else's: bindfs, which is on libfuse.
#include "tests/live/live_fixture.h"

#include <linux/fuse.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <map>
#include <set>

namespace fusewire::live_test {

namespace {

constexpr int looked_up = 200;

template <class Header>
Header header_of(const Buffer& bytes) {
    Header header{};
    std::memcpy(&header, bytes.data(), std::min(sizeof(header), bytes.size()));
    return header;
}

std::string name_in(const Buffer& lookup) {
    return reinterpret_cast<const char*>(lookup.data()) + sizeof(fuse_in_header);
}

std::string name_of(int i) {
    return "file" + std::to_string(i);
}

class Bindfs : public LiveTest {
  protected:
    void SetUp() override {
        LiveTest::SetUp();
        if (IsSkipped() || HasFatalFailure())
            return;
        if (access("/usr/bin/bindfs", X_OK) == 0)
            return;
        if (live_is_required())
            FAIL() << "bindfs is not installed";
        GTEST_SKIP() << "bindfs is not installed";
    }
};

TEST_F(Bindfs, EveryLookupIsCapturedWithItsNameAndItsReply) {
    const TemporaryDirectory directory;
    const std::string below = directory.make("below");
    const std::string mount_point = directory.make("mount");
    for (int i = 0; i < looked_up; i += 2)
        std::ofstream(below + "/" + name_of(i)) << i;
    ServerProcess bindfs({"bindfs", "-f", "-o", "attr_timeout=0,entry_timeout=0,negative_timeout=0",
                          below, mount_point},
                         mount_point);
    RunningCapture running(options_for(bindfs.conn()));
    struct stat attributes {};
    for (int i = 0; i < looked_up; i++)
        EXPECT_EQ(stat((mount_point + "/" + name_of(i)).c_str(), &attributes) == 0, i % 2 == 0);
    const auto server_pid = static_cast<std::uint32_t>(bindfs.pid());
    bindfs.stop();
    const auto& records = running.stop();

    std::map<std::uint64_t, std::string> asked;
    std::map<std::uint64_t, int> answered;
    std::map<std::uint64_t, std::uint64_t> pair_keys;
    for (const CapturedRecord& record : records) {
        if (record.record.direction == Direction::request &&
            header_of<fuse_in_header>(record.bytes).opcode == FUSE_LOOKUP) {
            const auto unique = header_of<fuse_in_header>(record.bytes).unique;
            asked[unique] = name_in(record.bytes);
            pair_keys[unique] = record.record.pair_key;
        }
        const auto reply = header_of<fuse_out_header>(record.bytes);
        if (record.record.direction == Direction::reply && asked.contains(reply.unique)) {
            answered[reply.unique] = reply.error;
            EXPECT_EQ(record.record.pair_key, pair_keys[reply.unique]);
            EXPECT_EQ(record.record.server_pid, server_pid);
        }
    }
    EXPECT_EQ(asked.size(), static_cast<std::size_t>(looked_up));
    EXPECT_EQ(answered.size(), asked.size());
    std::set<std::string> names;
    for (const auto& [unique, name] : asked) {
        names.insert(name);
        const int number = std::stoi(name.substr(4));
        EXPECT_EQ(answered[unique], number % 2 == 0 ? 0 : -ENOENT) << name;
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(looked_up));
    EXPECT_EQ(running.source().counts().lost, 0u);
}

} // namespace

} // namespace fusewire::live_test

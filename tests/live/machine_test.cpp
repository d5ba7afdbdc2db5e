#include "capture/live/machine.h"
#include "tests/live/fake_root.h"

#include <gtest/gtest.h>
#include <linux/capability.h>

namespace fusewire::live_test {

namespace {

constexpr std::uint64_t bit(unsigned capability) {
    return std::uint64_t{1} << capability;
}

TEST(Machine, AnEmptyRootKnowsNothingAndClaimsNothing) {
    const FakeRoot root;
    const Machine machine = root.machine();
    EXPECT_EQ(machine.kernel_release(), "");
    EXPECT_FALSE(machine.kernel_is_at_least(1, 0));
    EXPECT_FALSE(machine.has_btf());
    EXPECT_FALSE(machine.has_filesystem("fuse"));
    EXPECT_EQ(machine.lockdown(), "");
    EXPECT_FALSE(machine.in_user_namespace());
}

TEST(Machine, AFileSystemIsFoundByItsWholeName) {
    const FakeRoot root;
    root.add("/proc/filesystems", "nodev\tsysfs\n\text4\nnodev\tfusectl\n\tfuseblk\n");
    EXPECT_FALSE(root.machine().has_filesystem("fuse"));
    root.add("/proc/filesystems", "nodev\tfuse\n");
    EXPECT_TRUE(root.machine().has_filesystem("fuse"));
}

TEST(Machine, LockdownIsTheWordInBrackets) {
    const FakeRoot root;
    root.add("/sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
    EXPECT_EQ(root.machine().lockdown(), "confidentiality");
    root.add("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
    EXPECT_EQ(root.machine().lockdown(), "none");
    root.add("/sys/kernel/security/lockdown", "]none[\n");
    EXPECT_EQ(root.machine().lockdown(), "");
}

TEST(Machine, ReleasesAreComparedAsNumbers) {
    const FakeRoot root;
    root.add("/proc/sys/kernel/osrelease", "6.12.95+deb13-cloud-amd64\n");
    EXPECT_TRUE(root.machine().kernel_is_at_least(6, 12));
    EXPECT_TRUE(root.machine().kernel_is_at_least(6, 9));
    EXPECT_TRUE(root.machine().kernel_is_at_least(5, 20));
    EXPECT_FALSE(root.machine().kernel_is_at_least(6, 13));
    EXPECT_FALSE(root.machine().kernel_is_at_least(7, 0));
    root.add("/proc/sys/kernel/osrelease", "unknown\n");
    EXPECT_FALSE(root.machine().kernel_is_at_least(0, 0));
}

TEST(Machine, AUserNamespaceMapsLessThanEveryone) {
    const FakeRoot root;
    root.add("/proc/self/uid_map", "         0          0 4294967295\n");
    EXPECT_FALSE(root.machine().in_user_namespace());
    root.add("/proc/self/uid_map", "         0       1000          1\n");
    EXPECT_TRUE(root.machine().in_user_namespace());
    root.add("/proc/self/uid_map", "         0          0      65536\n");
    EXPECT_TRUE(root.machine().in_user_namespace());
}

TEST(Machine, CapabilitiesThatAreMissingAreNamed) {
    EXPECT_EQ(missing_capabilities(0), "CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN");
    EXPECT_EQ(missing_capabilities(bit(CAP_BPF) | bit(CAP_PERFMON)), "CAP_SYS_ADMIN");
    EXPECT_EQ(missing_capabilities(bit(CAP_BPF)), "CAP_PERFMON, CAP_SYS_ADMIN");
}

TEST(Machine, SysAdminStandsForTheOtherTwo) {
    EXPECT_EQ(missing_capabilities(bit(CAP_SYS_ADMIN)), "");
}

} // namespace

} // namespace fusewire::live_test

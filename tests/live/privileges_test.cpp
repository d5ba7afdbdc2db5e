#include "capture/live/privileges.h"

#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <map>
#include <string>

namespace fusewire {

namespace {

Environment environment(std::map<std::string, std::string> variables) {
    return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

std::string number(unsigned value) {
    return std::to_string(value);
}

const passwd& nobody() {
    return *getpwnam("nobody");
}

TEST(Privileges, TheUserWhoCalledSudoIsTheTarget) {
    const auto identity = invoking_identity("", 0,
                                            environment({{"SUDO_UID", number(nobody().pw_uid)},
                                                         {"SUDO_GID", number(nobody().pw_gid)}}));
    ASSERT_TRUE(identity);
    EXPECT_TRUE(identity->changes);
    EXPECT_EQ(identity->uid, nobody().pw_uid);
    EXPECT_EQ(identity->gid, nobody().pw_gid);
    EXPECT_EQ(identity->name, "nobody");
    EXPECT_FALSE(identity->groups.empty());
}

TEST(Privileges, AUserUnknownToTheDatabaseHasItsGroupOnly) {
    const auto identity =
        invoking_identity("", 0, environment({{"SUDO_UID", "3999999"}, {"SUDO_GID", "3999998"}}));
    ASSERT_TRUE(identity);
    EXPECT_EQ(identity->uid, 3999999u);
    EXPECT_EQ(identity->groups, std::vector<gid_t>{3999998u});
    EXPECT_EQ(identity->name, "");
}

TEST(Privileges, TheUserWhoCalledPkexecIsTheTarget) {
    const auto identity =
        invoking_identity("", 0, environment({{"PKEXEC_UID", number(nobody().pw_uid)}}));
    ASSERT_TRUE(identity);
    EXPECT_EQ(identity->uid, nobody().pw_uid);
    EXPECT_EQ(identity->gid, nobody().pw_gid);
}

TEST(Privileges, ANamedUserWinsAndMayBeANumber) {
    const auto variables = environment({{"SUDO_UID", "3999999"}, {"SUDO_GID", "3999999"}});
    EXPECT_EQ(invoking_identity("nobody", 0, variables)->uid, nobody().pw_uid);
    EXPECT_EQ(invoking_identity(number(nobody().pw_uid), 0, variables)->name, "nobody");
    EXPECT_EQ(invoking_identity("no such user", 0, variables).error().code, Errc::usage);
}

TEST(Privileges, PlainRootAndRootBySudoStay) {
    EXPECT_FALSE(invoking_identity("", 0, environment({}))->changes);
    EXPECT_FALSE(
        invoking_identity("", 0, environment({{"SUDO_UID", "0"}, {"SUDO_GID", "0"}}))->changes);
}

TEST(Privileges, AnOrdinaryUserStaysAndMayNameNobody) {
    const auto variables = environment({{"SUDO_UID", "0"}, {"SUDO_GID", "0"}});
    EXPECT_FALSE(invoking_identity("", 1000, variables)->changes);
    EXPECT_FALSE(invoking_identity("nobody", 1000, variables));
}

TEST(Privileges, VariablesThatAreNoUserNumbersAreErrors) {
    for (const char* bad : {"", "-1", "4294967295", "1000x", "99999999999", "root"}) {
        EXPECT_FALSE(invoking_identity("", 0, environment({{"SUDO_UID", bad}, {"SUDO_GID", "1"}})))
            << bad;
        EXPECT_FALSE(invoking_identity("", 0, environment({{"SUDO_UID", "1"}, {"SUDO_GID", bad}})))
            << bad;
        EXPECT_FALSE(invoking_identity("", 0, environment({{"PKEXEC_UID", bad}}))) << bad;
    }
    EXPECT_FALSE(invoking_identity("", 0, environment({{"SUDO_UID", "1000"}})));
}

// Runs in a child, since what is dropped does not come back; 0 is success.
int in_child(const std::function<int()>& body) {
    const pid_t child = fork();
    if (child == 0)
        _exit(body());
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

bool no_capability_in(const std::string& set) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(set + ":"))
            return line.find_first_not_of("0 \t", set.size() + 1) == line.npos;
    return false;
}

bool holds_nothing() {
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"})
        if (!no_capability_in(set))
            return false;
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

class DroppingPrivileges : public testing::Test {
  protected:
    void SetUp() override {
        if (geteuid() != 0)
            GTEST_SKIP() << "needs root";
    }
};

TEST_F(DroppingPrivileges, TheUserIsChangedForGoodAndNothingIsHeld) {
    EXPECT_EQ(in_child([] {
                  const auto identity = invoking_identity("nobody", 0, environment({}));
                  if (!drop_privileges(*identity))
                      return 1;
                  uid_t real = 0, effective = 0, saved = 0;
                  getresuid(&real, &effective, &saved);
                  if (real != identity->uid || effective != real || saved != real)
                      return 2;
                  if (getgid() != identity->gid || !holds_nothing())
                      return 3;
                  if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0)
                      return 4;
                  return access("/proc/self/mountinfo", R_OK) == 0 ? 0 : 5;
              }),
              0);
}

TEST_F(DroppingPrivileges, PlainRootKeepsItsUserAndNoCapability) {
    EXPECT_EQ(in_child([] {
                  if (!drop_privileges(Identity{}))
                      return 1;
                  return geteuid() == 0 && holds_nothing() && setuid(1) != 0 ? 0 : 2;
              }),
              0);
}

} // namespace

} // namespace fusewire

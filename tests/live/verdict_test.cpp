// What the verdicts foretell, compared with what the kernel does with wrong replies and notifications.
#include "tests/live/live_fixture.h"
#include "tests/live/verdict_cases.h"

#include <unistd.h>

#include <cstring>

namespace fusewire::live_test {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 5s;

class Verdicts : public testing::TestWithParam<VerdictCase> {
  protected:
    // There is nothing to capture here, so no more than the device is needed.
    void SetUp() override {
        if (geteuid() == 0 && access("/dev/fuse", R_OK | W_OK) == 0)
            return;
        if (live_is_required())
            FAIL() << "needs root and /dev/fuse";
        GTEST_SKIP() << "needs root and /dev/fuse";
    }
};

std::string describe(const Verdict& verdict) {
    if (verdict.row == nullptr)
        return "no verdict";
    return std::string(verdict.row->id) + ": write " + std::to_string(verdict.write_errno) +
           ", caller " + std::to_string(verdict.caller_errno);
}

TEST_P(Verdicts, HoldOnThisKernel) {
    const VerdictCase& one = GetParam();
    const TemporaryDirectory directory;
    const std::string mount_point = directory.make("mount");
    CallerProcess caller(mount_point, one.call);
    std::optional<int> error;
    std::vector<Written> written;
    {
        LyingOptions options{mount_point, one.readdirplus, one.from_the_start, one.init,
                             one.script};
        LyingServer server(options);
        error = caller.go(patience, [&] {
            server.arm();
            if (one.notification)
                server.lie(one.notification());
        });
        EXPECT_TRUE(server.lied_within(patience)) << "the server was not asked";
        written = server.written();
    }
    ASSERT_TRUE(error) << "the caller did not come back";
    std::optional<Verdict> verdict;
    for (const Written& each : written) {
        if (each.foretold.write_errno != VerdictRow::undefined) {
            EXPECT_EQ(each.foretold.write_errno, each.result)
                << describe(each.foretold) << (each.lie ? " (the lie)" : "");
        }
        if (each.lie && !verdict)
            verdict = each.foretold;
    }
    ASSERT_TRUE(verdict);
    ASSERT_NE(verdict->row, nullptr);
    EXPECT_STREQ(verdict->row->id, one.row);
    const int expected = verdict->caller_errno == VerdictRow::undefined ? one.caller.value_or(0)
                                                                        : verdict->caller_errno;
    EXPECT_EQ(*error, one.notification ? 0 : expected)
        << std::strerror(*error) << "; " << describe(*verdict);
}

INSTANTIATE_TEST_SUITE_P(Kernel, Verdicts,
                         testing::ValuesIn(verdict_cases().begin(), verdict_cases().end()),
                         [](const auto& each) { return std::string(each.param.name); });

} // namespace

} // namespace fusewire::live_test

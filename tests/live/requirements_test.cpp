#include "capture/live/kernel_bpf.h"
#include "capture/live/requirements.h"
#include "tests/live/fake_root.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace fusewire::live_test {

namespace {

constexpr std::string_view blind[] = {"colours"};
constexpr Tier tier_called(std::string_view name) {
    return {.name = name,
            .cannot_see = blind,
            .programs = {},
            .uring_programs = {},
            .waiting_program = {}};
}
const Tier first_tier = tier_called("first");
const Tier second_tier = tier_called("second");

TierTrial works(const Tier& tier, std::vector<std::string> limits = {}) {
    return {.tier = &tier, .refusal = std::nullopt, .limits = std::move(limits)};
}

TierTrial refused(const Tier& tier) {
    return {.tier = &tier, .refusal = Error{Errc::refused, "no way; none", 0}, .limits = {}};
}

CheckResult result_of(const Diagnosis& diagnosis, std::string_view name) {
    const auto found =
        std::ranges::find_if(diagnosis.requirements, [&](const CheckedRequirement& checked) {
            return checked.requirement->name == name;
        });
    if (found == diagnosis.requirements.end())
        throw std::runtime_error("no such requirement");
    return found->result;
}

Answer answer_of(const FakeRoot& root, std::string_view name, std::vector<TierTrial> trials = {}) {
    return result_of(diagnose(root.machine(), std::move(trials)), name).answer;
}

TEST(Requirements, EachHasAnOwnNameAndARemedy) {
    std::set<std::string_view> names;
    for (const Requirement& requirement : requirements()) {
        EXPECT_TRUE(names.insert(requirement.name).second) << requirement.name;
        EXPECT_FALSE(requirement.remedy.empty()) << requirement.name;
    }
}

TEST(Requirements, EveryAnswerSaysWhatWasFound) {
    const FakeRoot root;
    for (const Machine& machine : {Machine(), root.machine()})
        for (const CheckedRequirement& checked : diagnose(machine, {}).requirements)
            EXPECT_FALSE(checked.result.detail.empty()) << checked.requirement->name;
}

TEST(Requirements, WhatAnEmptyMachineLacksIsSaid) {
    const FakeRoot root;
    for (const char* name :
         {"BTF", "FUSE", "FUSE device", "kprobes", "FUSE over io_uring", "fusectl"})
        EXPECT_EQ(answer_of(root, name), Answer::no) << name;
    for (const char* name : {"FUSE in BTF", "device functions", "request tracepoints"})
        EXPECT_EQ(answer_of(root, name), Answer::unknown) << name;
}

TEST(Requirements, WhatFilesShowIsFound) {
    const FakeRoot root;
    root.add("/sys/kernel/btf/vmlinux", "");
    root.add("/proc/filesystems", "nodev\tfuse\n");
    root.add("/dev/fuse", "");
    root.add("/sys/bus/event_source/devices/kprobe/type", "6\n");
    root.add("/sys/module/fuse/parameters/enable_uring", "Y\n");
    root.add("/proc/self/mountinfo",
             "44 27 0:55 / /sys/fs/fuse/connections rw - fusectl fusectl rw\n");
    for (const char* name :
         {"BTF", "FUSE", "FUSE device", "kprobes", "FUSE over io_uring", "fusectl"})
        EXPECT_EQ(answer_of(root, name), Answer::yes) << name;
}

TEST(Requirements, LockdownForConfidentialityOnlyForbidsCapturing) {
    const FakeRoot root;
    EXPECT_EQ(answer_of(root, "lockdown permits BPF"), Answer::yes);
    root.add("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
    EXPECT_EQ(answer_of(root, "lockdown permits BPF"), Answer::yes);
    root.add("/sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
    EXPECT_EQ(answer_of(root, "lockdown permits BPF"), Answer::no);
}

TEST(Requirements, AContainersRootHasNoPrivileges) {
    const FakeRoot root;
    root.add("/proc/self/uid_map", "0 100000 65536\n");
    EXPECT_EQ(answer_of(root, "privileges"), Answer::no);
}

TEST(Requirements, UringThatIsOffIsSaidToBeOff) {
    const FakeRoot root;
    root.add("/sys/module/fuse/parameters/enable_uring", "N\n");
    EXPECT_NE(result_of(diagnose(root.machine(), {}), "FUSE over io_uring").detail.find("is N"),
              std::string::npos);
}

TEST(Requirements, DataPagesAreThoseOfTheBestTier) {
    const FakeRoot root;
    const std::vector<std::string> limits = {"data pages of READ (hidden)"};
    EXPECT_EQ(answer_of(root, "data pages"), Answer::unknown);
    EXPECT_EQ(answer_of(root, "data pages", {refused(first_tier), works(second_tier, limits)}),
              Answer::no);
    EXPECT_EQ(answer_of(root, "data pages", {works(first_tier), works(second_tier, limits)}),
              Answer::yes);
}

TEST(Requirements, TheFirstTierThatWorksIsTheBest) {
    const FakeRoot root;
    const auto diagnosis =
        diagnose(root.machine(), {refused(first_tier), works(second_tier, {"the rest"})});
    ASSERT_NE(diagnosis.best(), nullptr);
    EXPECT_EQ(diagnosis.best()->tier, &second_tier);
    EXPECT_EQ(diagnosis.reason, "");
    EXPECT_EQ(blind_spots(*diagnosis.best()), (std::vector<std::string>{"colours", "the rest"}));
}

TEST(Requirements, WithoutATierTheReasonIsTheFirstRequirementThatIsMissing) {
    const FakeRoot root;
    root.add("/proc/self/uid_map", "0 0 4294967295\n");
    const auto diagnosis = diagnose(root.machine(), {refused(first_tier)});
    EXPECT_EQ(diagnosis.best(), nullptr);
    const auto missing =
        std::ranges::find_if(diagnosis.requirements, [](const CheckedRequirement& checked) {
            return checked.requirement->need == Need::capture &&
                   checked.result.answer == Answer::no;
        });
    ASSERT_NE(missing, diagnosis.requirements.end());
    EXPECT_TRUE(diagnosis.reason.starts_with(missing->requirement->name)) << diagnosis.reason;
    EXPECT_NE(diagnosis.reason.find(missing->requirement->remedy), std::string::npos);
}

TEST(Requirements, EveryTierOfTheBuildIsTried) {
    const auto trials = try_tiers();
    ASSERT_EQ(trials.size(), tiers().size());
    for (std::size_t i = 0; i < trials.size(); i++) {
        EXPECT_EQ(trials[i].tier, &tiers()[i]);
        EXPECT_TRUE(!trials[i].refusal || !trials[i].refusal->message.empty());
    }
}

TEST(KernelBtf, TheKernelThatRunsUsHasItsOwnTypes) {
    const KernelBtf btf{Machine()};
    if (!btf.has_struct("task_struct"))
        GTEST_SKIP() << "no BTF, or a build that cannot read it";
    EXPECT_EQ(btf.has_struct("task_struct"), true);
    EXPECT_EQ(btf.has_function("task_struct"), false);
    EXPECT_EQ(btf.has_struct("no_such_struct"), false);
    EXPECT_EQ(btf.has_tracepoint("sys_enter"), true);
    EXPECT_EQ(btf.has_tracepoint("no_such_tracepoint"), false);
}

} // namespace

} // namespace fusewire::live_test

#include "capture/live/load_error.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace fusewire {

namespace {

TEST(LoadError, WithoutBtfItSaysSoBeforeAnythingElse) {
    const Error error =
        explain_load_failure("tp", {.error = EPERM, .has_btf = false, .can_load_any = false});
    EXPECT_EQ(error.code, Errc::unsupported);
    EXPECT_NE(error.message.find("without BTF"), std::string::npos);
}

TEST(LoadError, WithoutPrivilegesItSaysRoot) {
    const Error error = explain_load_failure("tp", {.error = EPERM, .can_load_any = false});
    EXPECT_EQ(error.code, Errc::refused);
    EXPECT_NE(error.message.find("needs root"), std::string::npos);
}

TEST(LoadError, LockdownIsNamedAlthoughPrivilegesAreThere) {
    const Error error = explain_load_failure("tp", {.error = EINVAL, .confidentiality = true});
    EXPECT_NE(error.message.find("lockdown=confidentiality"), std::string::npos);
}

TEST(LoadError, AMissingCapabilityForModulesIsNamed) {
    const Error error = explain_load_failure(
        "tp", {.error = EPERM, .log = "libbpf: failed to iterate BTF objects: -1\n"});
    EXPECT_NE(error.message.find("CAP_SYS_ADMIN"), std::string::npos);
}

TEST(LoadError, AMissingTracepointMeansNoFuseOrAnOldKernel) {
    const Error error = explain_load_failure(
        "tp", {.error = ESRCH,
               .log = "libbpf: prog 'request_send': failed to find kernel BTF type ID of "
                      "'fuse_request_send': -3\n"});
    EXPECT_EQ(error.code, Errc::unsupported);
    EXPECT_NE(error.message.find("modprobe fuse"), std::string::npos);
}

TEST(LoadError, ARefusedProgramAmongAcceptedOnesSuggestsAnotherTier) {
    const Error error = explain_load_failure("fentry", {.error = EPERM});
    EXPECT_EQ(error.message,
              "tier fentry: this kernel refuses such BPF programs; try another --tier");
}

TEST(LoadError, AnythingElseIsTheErrnoAndTheLastLineOnly) {
    const Error error =
        explain_load_failure("tp", {.error = E2BIG, .log = "one\ntwo\nlibbpf: three\n"});
    EXPECT_EQ(error.message, "tier tp: the kernel refused the probe: Argument list too long "
                             "(libbpf: three)");
    EXPECT_EQ(error.sys_errno, E2BIG);
}

} // namespace

} // namespace fusewire

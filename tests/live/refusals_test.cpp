#include "capture/live/refusals.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <vector>

namespace fusewire {

namespace {

constexpr const char* everything_missing = "CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN";

// A failure and the words that its line must hold.
struct Case {
    const char* name;
    LoadFailure failure;
    Errc code;
    const char* words;
    const char* remedy;
};

const Case cases[] = {
    {"BTF is missing, which root would not help",
     {.error = EPERM,
      .has_btf = false,
      .can_load_any = false,
      .lacks_capabilities = everything_missing},
     Errc::unsupported,
     "without BTF",
     "CONFIG_DEBUG_INFO_BTF"},
    {"lockdown, although privileges are there",
     {.error = EINVAL, .confidentiality = true},
     Errc::refused,
     "lockdown=confidentiality",
     "lockdown=integrity"},
    {"a plain user",
     {.error = EPERM,
      .can_load_any = false,
      .trampolines = false,
      .lacks_capabilities = everything_missing},
     Errc::refused,
     "needs root (CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN)",
     "sudo"},
    {"root of a container",
     {.error = EPERM, .can_load_any = false, .trampolines = false, .user_namespace = true},
     Errc::refused,
     "root of a user namespace",
     "outside the container"},
    {"a security module",
     {.error = EPERM, .can_load_any = false, .trampolines = false},
     Errc::refused,
     "every BPF program although the capabilities are there",
     "seccomp"},
    {"CAP_BPF and CAP_PERFMON alone, by libbpf's log",
     {.error = EPERM, .log = "libbpf: failed to iterate BTF objects: -1\n"},
     Errc::refused,
     "CAP_SYS_ADMIN is missing",
     "sudo"},
    {"CAP_BPF and CAP_PERFMON alone, by what is held",
     {.error = EPERM, .trampolines = false, .lacks_capabilities = "CAP_SYS_ADMIN"},
     Errc::refused,
     "CAP_SYS_ADMIN is missing",
     "sudo"},
    {"the module is not loaded",
     {.error = ESRCH,
      .log = "libbpf: prog 'x': failed to find kernel BTF type ID of 'fuse_dev_do_read': -3\n",
      .has_fuse = false},
     Errc::unsupported,
     "no FUSE",
     "modprobe fuse"},
    {"the kernel is too old for the tracepoint",
     {.error = ESRCH,
      .log = "libbpf: prog 'x': failed to find kernel BTF type ID of 'fuse_request_send': -3\n"},
     Errc::unsupported,
     "tier t: this kernel has no such FUSE function or tracepoint",
     "--tier auto"},
    {"the kernel is too old for bpf_loop()",
     {.error = EINVAL, .log = "0: (85) call bpf_loop#181\nunknown func bpf_loop#181\n"},
     Errc::unsupported,
     "no bpf_loop()",
     "5.17"},
    {"kprobes are not configured",
     {.error = ENOENT,
      .log = "libbpf: failed to determine kprobe perf type: No such file or directory\n"},
     Errc::unsupported,
     "tier t: this kernel has no kprobes",
     "CONFIG_KPROBE_EVENTS"},
    {"trampolines are refused",
     {.error = EPERM, .trampolines = false},
     Errc::refused,
     "tier t: this kernel refuses BPF trampolines",
     "--tier auto"},
    {"some program is refused while others load",
     {.error = EACCES},
     Errc::refused,
     "tier t: this kernel refuses such BPF programs",
     "--tier auto"},
    {"a memory limit",
     {.error = ENOMEM},
     Errc::refused,
     "not enough memory for the ring buffer",
     "--ring-size"},
    {"a full table of descriptors",
     {.error = EMFILE, .can_load_any = false, .trampolines = false},
     Errc::refused,
     "no file descriptors are left",
     "ulimit -n"},
    {"a full table that libbpf hides",
     {.error = EINVAL,
      .log = "libbpf: failed to load BPF skeleton 'x': -22\n",
      .few_descriptors = true},
     Errc::refused,
     "no file descriptors are left",
     "ulimit -n"},
};

TEST(Refusals, EachSaysWhatIsWrongAndWhatToDo) {
    for (const Case& row : cases) {
        SCOPED_TRACE(row.name);
        const Error error = explain_load_failure("t", row.failure);
        EXPECT_EQ(error.code, row.code);
        EXPECT_EQ(error.sys_errno, row.failure.error);
        const auto semicolon = error.message.find(';');
        ASSERT_NE(semicolon, std::string::npos) << error.message;
        EXPECT_NE(error.message.substr(0, semicolon).find(row.words), std::string::npos)
            << error.message;
        EXPECT_NE(error.message.substr(semicolon).find(row.remedy), std::string::npos)
            << error.message;
    }
}

TEST(Refusals, WhatHoldsForTheWholeMachineDoesNotBlameATier) {
    const Error error = explain_load_failure(
        "t", {.error = EPERM, .can_load_any = false, .lacks_capabilities = everything_missing});
    EXPECT_FALSE(error.message.starts_with("tier ")) << error.message;
}

TEST(Refusals, AnythingElseIsTheErrnoAndTheLastLineOnly) {
    const Error error =
        explain_load_failure("t", {.error = E2BIG, .log = "one\ntwo\nlibbpf: three\n"});
    EXPECT_EQ(error.message, "tier t: the kernel refused the probe: Argument list too long "
                             "(libbpf: three)");
    EXPECT_EQ(error.sys_errno, E2BIG);
}

TEST(Refusals, AFallbackNamesEachRefusedTierWithItsReasonAndTheOneInUse) {
    const std::vector<Error> refused = {
        explain_load_failure("a", {.error = EPERM, .trampolines = false}),
        {Errc::unsupported, "tier b: this kernel has no kprobes", 0},
    };
    EXPECT_EQ(fallback_notice(refused, "c"), "tier a: this kernel refuses BPF trampolines; "
                                             "tier b: this kernel has no kprobes; "
                                             "capturing with tier c");
}

TEST(Refusals, WithoutAFallbackThereIsNothingToSay) {
    EXPECT_EQ(fallback_notice({}, "a"), "");
}

} // namespace

} // namespace fusewire

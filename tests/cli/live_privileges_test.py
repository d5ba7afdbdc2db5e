"""What capture asks of the machine and what it gives up: every refusal has its words, and nothing is
decoded or written with privileges. Needs root and a kernel that lets us probe; ends with 77 where that
is missing, or fails under FUSEWIRE_REQUIRE_LIVE=1."""
import contextlib
import json
import os
import pathlib
import pwd
import re
import resource
import shutil
import signal
import subprocess
import time
import unittest

from command_line import (FUSEWIRE, TIMEOUT_S, CommandLineTest, environment, main_of_live_tests,
                          run)

NOBODY = 65534
SHORTLY = ("-a", "duration:0.1")
CAPABILITY_SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")


def program(*arguments, **options):
    return subprocess.run(list(map(str, arguments)), capture_output=True, check=False,
                          env=options.pop("env", environment()), timeout=TIMEOUT_S, **options)


def within(change, *arguments, prefix=()):
    """Runs fusewire in a mount namespace of its own after a change to it."""
    return program("unshare", "--mount", "sh", "-c", f'{change} && exec "$@"', "sh", *prefix, FUSEWIRE,
                   *arguments)


def has_capabilities(*names):
    return ("setpriv", "--bounding-set", ",".join(["-all", *(f"+{name}" for name in names)]))


class LiveTest(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.folder.chmod(0o777)
        self.file = self.folder / "x.pcapng"

    def as_nobody(self):
        """The beginning of a command that runs as nobody, from wherever the build is."""
        binary = self.folder / "fusewire"
        shutil.copy(FUSEWIRE, binary)
        return ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"), binary


class Refusals(LiveTest):
    def assert_refused(self, done, *words):
        self.assertEqual((done.returncode, done.stdout), (3, b""), done.stderr)
        self.assert_one_line(done.stderr, "; ", *words)

    def test_a_plain_user_is_told_to_be_root(self):
        user, binary = self.as_nobody()
        self.assert_refused(program(*user, binary, "capture", *SHORTLY, cwd="/"), "needs root", "sudo")

    def test_bpf_and_perfmon_alone_do_not_do(self):
        self.assert_refused(program(*has_capabilities("bpf", "perfmon"), FUSEWIRE, "capture", *SHORTLY),
                            "CAP_SYS_ADMIN is missing")

    def test_becoming_somebody_needs_its_own_capabilities(self):
        done = program(*has_capabilities("sys_admin"), FUSEWIRE, "capture", "--user", "nobody", *SHORTLY)
        self.assertEqual((done.returncode, done.stdout), (3, b""), done.stderr)
        self.assertIn(f"cannot become user {NOBODY}, which needs CAP_SETUID and CAP_SETGID; not capturing",
                      done.stderr.decode())

    def test_sys_admin_alone_does(self):
        done = program(*has_capabilities("sys_admin"), FUSEWIRE, "capture", *SHORTLY)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_root_of_a_user_namespace_is_told_that_it_is_none(self):
        done = program("unshare", "--user", "--map-root-user", FUSEWIRE, "capture", *SHORTLY)
        if b"unshare" in done.stderr:
            self.skipTest(done.stderr.decode())
        self.assert_refused(done, "user namespace", "outside the container")

    def test_without_btf_the_kernel_lacks_it(self):
        self.assert_refused(within("mount -t tmpfs none /sys/kernel/btf", "capture", *SHORTLY),
                            "without BTF", "CONFIG_DEBUG_INFO_BTF")

    def test_lockdown_is_named_before_root_which_would_not_help(self):
        user, binary = self.as_nobody()
        fake = ("mount -t tmpfs none /sys/kernel/security && "
                "echo 'none integrity [confidentiality]' >/sys/kernel/security/lockdown")
        done = program("unshare", "--mount", "sh", "-c", f'{fake} && exec "$@"', "sh", *user, binary,
                       "capture", *SHORTLY, cwd="/")
        self.assert_refused(done, "lockdown=confidentiality", "lockdown=integrity")

    def test_without_the_device_a_capture_works(self):
        done = within("mount -t tmpfs none /dev && touch /dev/null", "capture", *SHORTLY)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_an_unknown_tier_is_a_usage_error_that_lists_the_others(self):
        done = run("capture", "--tier", "magic", *SHORTLY)
        self.assertEqual(done.returncode, 2)
        self.assert_one_line(done.stderr, "magic", "auto")

    def test_a_tier_that_is_refused_says_why(self):
        for tier in diagnosis()["tiers"]:
            if tier["works"]:
                continue
            with self.subTest(tier=tier["name"]):
                done = run("capture", "--tier", tier["name"], *SHORTLY)
                self.assertEqual((done.returncode, done.stdout), (3, b""), done.stderr)
                self.assert_one_line(done.stderr, tier["name"], tier["reason"])

    def test_auto_says_once_which_better_tiers_were_refused(self):
        value = diagnosis()
        better = [tier["name"] for tier in value["tiers"]]
        better = better[:better.index(value["best_tier"])]
        done = run("capture", *SHORTLY)
        self.assertEqual(done.returncode, 0, done.stderr)
        notices = [line for line in done.stderr.decode().splitlines() if "capturing with tier" in line]
        self.assertEqual(len(notices), 1 if better else 0)
        for name in better:
            self.assertIn(f"tier {name}: ", notices[0])
        if better:
            self.assertTrue(notices[0].endswith(f"capturing with tier {value['best_tier']}"))

    def test_a_full_table_of_descriptors_is_named(self):
        for limit in (5, 8, 12):
            with self.subTest(limit=limit):
                done = program(FUSEWIRE, "capture", *SHORTLY, preexec_fn=lambda limit=limit: (
                    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))))
                self.assert_refused(done, "file descriptors", "ulimit -n")

    def test_a_ring_that_the_memory_limit_forbids_is_named(self):
        with memory_limited(64 << 20) as join:
            if join is None:
                self.skipTest("no memory cgroup to be had")
            done = program(FUSEWIRE, "capture", "--ring-size", "256M", *SHORTLY, preexec_fn=join)
        self.assert_refused(done, "memory", "--ring-size")


def diagnosis():
    return json.loads(run("doctor", "-T", "json").stdout)


@contextlib.contextmanager
def memory_limited(limit):
    """Makes a memory cgroup; gives a function that joins it, or None where that cannot be done."""
    for root, name in (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")):
        group = pathlib.Path(root) / f"fusewire-test-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            (group / name).write_text(str(limit))
            procs = group / "cgroup.procs"
            yield lambda: procs.write_text(str(os.getpid()))
            return
        except OSError:
            continue
        finally:
            with contextlib.suppress(OSError):
                group.rmdir()
    yield None


class GivingUp(LiveTest):
    def capture(self, *arguments, env=None, **options):
        done = program(FUSEWIRE, "capture", *arguments, env=env or environment(), **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    @contextlib.contextmanager
    def running(self, *arguments, env=None, **options):
        """/proc/PID/status of a capture once it has given up what it had."""
        process = subprocess.Popen([FUSEWIRE, "capture", *map(str, arguments)], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=env or environment(), **options)
        try:
            deadline = time.monotonic() + TIMEOUT_S
            while (status := status_of(process.pid)).get("NoNewPrivs") != "1":
                self.assertIsNone(process.poll(), "the capture ended at once")
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.02)
            yield status
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=TIMEOUT_S)

    def assert_is(self, status, uid, gid, groups):
        self.assertEqual(status["Uid"].split(), [str(uid)] * 4)
        self.assertEqual(status["Gid"].split(), [str(gid)] * 4)
        self.assertEqual(sorted(map(int, status["Groups"].split())), sorted(groups))
        for capabilities in CAPABILITY_SETS:
            self.assertEqual(int(status[capabilities], 16), 0, capabilities)

    def test_whoever_asked_is_who_is_left_without_roots_groups(self):
        named = pwd.getpwnam("daemon")
        ways = {
            "--user": (("--user", "daemon"), environment(), named.pw_uid, named.pw_gid),
            "SUDO_UID": ((), environment(SUDO_UID="4242", SUDO_GID="4343"), 4242, 4343),
            "PKEXEC_UID": ((), environment(PKEXEC_UID=str(named.pw_uid)), named.pw_uid, named.pw_gid),
        }
        for way, (arguments, env, uid, gid) in ways.items():
            groups = os.getgrouplist("daemon", gid) if uid == named.pw_uid else [gid]
            file = self.folder / f"{way.strip('-')}.pcapng"
            with self.subTest(way=way), self.running(*arguments, "-w", file, env=env,
                                                     extra_groups=[0, 4, 27]) as status:
                self.assert_is(status, uid, gid, groups)
                made = file.stat()
                self.assertEqual((made.st_uid, made.st_gid, made.st_mode & 0o777), (uid, gid, 0o600))

    def test_plain_root_stays_root_with_nothing(self):
        with self.running("-w", self.file) as status:
            self.assertEqual(status["Uid"].split(), ["0"] * 4)
            for capabilities in CAPABILITY_SETS:
                self.assertEqual(int(status[capabilities], 16), 0, capabilities)
            self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)

    def test_a_folder_that_the_user_may_not_write_to_stays_empty(self):
        closed = self.folder / "closed"
        closed.mkdir(mode=0o755)
        done = program(FUSEWIRE, "capture", "--user", "nobody", "-w", closed / "x.pcapng", *SHORTLY)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"Permission denied", done.stderr)
        self.assertEqual(list(closed.iterdir()), [])

    def test_the_command_is_the_user_and_inherits_nothing_of_ours(self):
        told = self.capture("--user", "daemon", "-w", self.file, "--", "sh", "-c",
                            "id -u; id -G; echo $HOME; ls /proc/self/fd; grep ^Cap.[rf] /proc/self/status",
                            extra_groups=[0, 4]).stdout.decode().splitlines()
        named = pwd.getpwnam("daemon")
        self.assertEqual(told[:3], [str(named.pw_uid), str(named.pw_gid), named.pw_dir])
        self.assertEqual(told[3:7], ["0", "1", "2", "3"], "3 is the folder that ls lists")
        self.assertEqual([line.split()[1] for line in told[7:]], ["0" * 16] * 2)

    @unittest.skipUnless(shutil.which("strace"), "needs strace")
    def test_nothing_is_created_written_or_shown_before_it_is_given_up(self):
        for arguments in (("-w", self.file), ("-T", "json")):
            trace = self.folder / "trace"
            done = program("strace", "-o", trace, "-e", "trace=openat,setresuid,prctl,write", FUSEWIRE,
                           "capture", "--user", "nobody", *arguments, *SHORTLY)
            self.assertEqual(done.returncode, 0, done.stderr)
            calls = trace.read_text().splitlines()
            given_up = [at for at, call in enumerate(calls) if "PR_SET_NO_NEW_PRIVS" in call]
            became = [at for at, call in enumerate(calls) if re.match(r"setresuid\(65534, ", call)]
            output = [at for at, call in enumerate(calls)
                      if re.match(r"write\([012], |openat\(.*O_CREAT", call)]
            self.assertTrue(given_up and became and output, calls[-20:])
            self.assertLess(became[0], given_up[0])
            self.assertLess(given_up[0], output[0], calls[output[0]])


def status_of(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(re.split(r":\s*", line, maxsplit=1) for line in lines)


class FileCapability(LiveTest):
    def test_a_binary_that_was_given_the_capability_needs_no_sudo(self):
        user, binary = self.as_nobody()
        if shutil.which("setcap") is None or program("setcap", "cap_sys_admin+ep", binary).returncode != 0:
            self.skipTest("no setcap, or a file system without capabilities")
        done = program(*user, binary, "capture", "-w", self.file, *SHORTLY, "--", "grep", "^CapPrm",
                       "/proc/self/status", cwd="/")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.split(), [b"CapPrm:", b"0" * 16])
        self.assertEqual((self.file.stat().st_uid, self.file.stat().st_mode & 0o777), (NOBODY, 0o600))


def missing():
    """Why captures are impossible here; empty if they are possible."""
    if os.geteuid() != 0:
        return "needs root"
    tried = run("capture", *SHORTLY)
    return "" if tried.returncode == 0 else tried.stderr.decode().strip()


if __name__ == "__main__":
    main_of_live_tests(missing())

"""What bench/capture compares: the loads, and the ways to trace them."""
import dataclasses

LOADS = {
    "stat": "stat",
    "read4k": "4 KiB read",
    "read128k": "128 KiB read",
    "write128k": "128 KiB write",
}
TIERS = ("fentry", "kprobe", "tp", "sys")
UNTRACED, AGAIN = "untraced", "again"

# A snap length that keeps every header, and little else.
HEADERS_ONLY = ("-s", "64")
# Nothing sends INIT on a connection that is in use.
NO_OPCODE = ("--opcode", "INIT")

BPFTRACE_PROGRAM = (
    r'tracepoint:fuse:fuse_request_send { printf("%llu %d > %llu %d %u\n", nsecs, args->connection, '
    r'args->unique, args->opcode, args->len); } '
    r'tracepoint:fuse:fuse_request_end { printf("%llu %d < %llu %d %u\n", nsecs, args->connection, '
    r'args->unique, args->error, args->len); }')


@dataclasses.dataclass(frozen=True)
class Variant:
    name: str
    label: str
    tracer: str = "fusewire"
    tier: str = ""
    options: tuple = () # of fusewire
    other_target: bool = False # captured is a connection on which nothing happens

    def fusewire_command(self, fusewire, mount, other, out):
        return [fusewire, "capture", other if self.other_target else mount, "--tier", self.tier,
                *self.options, "-w", out, "--"]


def of_tier(tier):
    return [
        Variant(f"{tier}-whole", f"`{tier}`, whole messages", tier=tier),
        Variant(f"{tier}-no-data", f"`{tier}`, without file data (`--data-bytes 0`)", tier=tier,
                options=("--data-bytes", "0")),
        Variant(f"{tier}-headers", f"`{tier}`, headers (`-s 64`)", tier=tier, options=HEADERS_ONLY),
        Variant(f"{tier}-no-opcode", f"`{tier}`, no opcode matches", tier=tier, options=NO_OPCODE),
        Variant(f"{tier}-other", f"`{tier}`, another connection", tier=tier, other_target=True),
    ]


def make_variants():
    """All of them, in the order of the table."""
    variants = [Variant(UNTRACED, "untraced", tracer="nothing"),
                Variant(AGAIN, "untraced, once more", tracer="nothing")]
    for tier in TIERS:
        variants += of_tier(tier)
    return [*variants,
            Variant("bpftrace", "`bpftrace`, a line for each message", tracer="bpftrace"),
            Variant("strace", "`strace -f -s 65536` of the server", tracer="strace")]

"""The kernels of the matrix, and which capture tiers each of them must allow. A row for each; what is
expected of a new tier is changed here."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Kernel:
    name: str # folder of build/kernels, and for scripts/fetch-kernels
    tiers: tuple # the first is what `auto` takes
    # Programs can be preempted in the middle; the same one is then skipped for every other task on
    # that CPU, which is loss that is counted. A slow, emulated CPU has much of it.
    preemptible: bool = False

KERNELS = (
    # FUSE is a module, with BTF of its own; no tracepoints in it.
    Kernel("6.1", ("fentry", "kprobe", "sys")),
    # The tracepoints are new, and see a request before it has its unique.
    Kernel("6.12", ("fentry", "kprobe", "tp", "sys")),
    # FUSE over io_uring.
    Kernel("6.18", ("fentry", "kprobe", "tp", "sys"), preemptible=True),
    # Connections have channels.
    Kernel("7", ("fentry", "kprobe", "tp", "sys"), preemptible=True),
)

ALL_TIERS = ("fentry", "kprobe", "tp", "sys")


def kernel_named(name):
    return next(kernel for kernel in KERNELS if kernel.name == name)

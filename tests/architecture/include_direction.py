#!/usr/bin/env python3
"""Checks which folder includes what, and that each folder is the CMake target that says the same.

All C++ arrows end in dissector/, which knows nothing of ours, no files and no sockets. Qt stays in
gui/, libbpf in capture/live and bpf/, PCRE2 in dissector/filter.

usage: include_direction.py ROOT
"""
import re
import sys
from pathlib import Path

OURS = ("bpf", "dissector", "capture", "cli", "gui", "samples", "bench", "tests")
SOURCE_SUFFIXES = {".c", ".h", ".cpp", ".hpp", ".cc"}

# Folder: what it may include of ours, as a prefix of the path. tests/ and bench/ may include anything.
MAY_INCLUDE = {
    "bpf": ("bpf/",),
    "dissector": ("dissector/",),
    "capture": ("capture/", "dissector/record.h", "dissector/result.h", "dissector/append_list.h",
                "dissector/comment_mark.h",
                "dissector/frame_", "bpf/fuse_event.h"),
    "cli": ("cli/", "capture/", "dissector/"),
    "gui": ("gui/", "capture/", "dissector/"),
    "samples": ("samples/", "capture/", "dissector/"),
}

# What lies outside and is kept to a few places: name, what it looks like, who may include it.
CONFINED = (
    ("Qt", re.compile(r"Q[A-Z]\w*|Qt\w*/.*|q[a-z]+\.h"), ("gui/", "tests/gui/", "bench/gui/")),
    ("libbpf", re.compile(r"bpf/(?!fuse_event\.h).*|.*\.skel\.h"), ("bpf/", "capture/live", "tests/bpf/")),
    ("PCRE2", re.compile(r"pcre2.*"), ("dissector/filter", "tests/")),
)

# The pure library: standard headers that do no I/O, fmt and tl::expected. "linux/fuse.h" and its
# like would make the tables and the header that tests compare them with one witness.
DISSECTOR_OUTSIDE = re.compile(r"(?!(fstream|iostream|filesystem|cstdio)$)[a-z_0-9]+|fmt/.*|tl/.*|pcre2\.h")

# Folder: the targets that its CMakeLists.txt may define, and the folders those may link.
TARGETS = {
    "dissector": ({"dissector"}, set()),
    "capture": ({"capture"}, {"dissector", "bpf"}),
    "cli": ({"cli", "fusewire"}, {"dissector", "capture", "cli"}),
    "gui": ({"gui_models", "gui_views", "fusewire-gui"},
            {"dissector", "capture", "gui_models", "gui_views"}),
    "samples": ({"sample_builder", "build_sample"}, {"dissector", "capture"}),
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
DEFINES = re.compile(r"add_(?:library|executable)\s*\(\s*(\S+)")
LINKS = re.compile(r"target_link_libraries\s*\(([^)]*)\)")


def includes(path):
    """Line number, path and quoted or not of every #include in a file."""
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) or match.group(2), match.group(1) is not None


def ours(include):
    return include.split("/")[0] in OURS and "/" in include


def complaint(file, include, quoted):
    """What is wrong with this #include in this file, or None."""
    folder = file.split("/")[0]
    if ".." in include.split("/"):
        return "goes up with ../; include by path from the root"
    is_ours = quoted and ours(include)
    for name, pattern, places in CONFINED:
        if pattern.fullmatch(include) and not is_ours and not file.startswith(places):
            return f"{name} belongs in {', '.join(places)} only"
    if quoted and not is_ours and folder != "bpf" and not include.endswith(".skel.h"):
        return "is not a path from the root"
    if folder not in MAY_INCLUDE:
        return None
    if is_ours and not include.startswith(MAY_INCLUDE[folder]):
        return f"{folder}/ may include of ours only {', '.join(MAY_INCLUDE[folder])}"
    if folder == "dissector" and not quoted and not DISSECTOR_OUTSIDE.fullmatch(include):
        return "dissector/ does no I/O and includes only the standard library, fmt and tl::expected"
    return None


def include_complaints(root):
    for folder in OURS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in SOURCE_SUFFIXES or not path.is_file():
                continue
            file = path.relative_to(root).as_posix()
            for number, include, quoted in includes(path):
                text = complaint(file, include, quoted)
                if text:
                    yield f"{file}:{number}: {include}: {text}"


def target_complaints(root):
    for folder, (allowed, links) in TARGETS.items():
        path = root / folder / "CMakeLists.txt"
        if not path.exists():
            continue
        text = re.sub(r"#.*", "", path.read_text(encoding="utf-8"))
        for target in DEFINES.findall(text):
            if target not in allowed:
                yield f"{folder}/CMakeLists.txt: {target}: the folder's target is {' or '.join(sorted(allowed))}"
        linked = {word for call in LINKS.findall(text) for word in call.split()[1:]}
        for other in sorted(linked & (set(TARGETS) | {"fusewire", "bpf"}) - links - allowed):
            yield f"{folder}/CMakeLists.txt: links {other}, which is not below it"


def complaints(root):
    return [*include_complaints(root), *target_complaints(root)]


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    root = Path(sys.argv[1])
    if not (root / "dissector").is_dir():
        print(f"{root} is not the root of the project", file=sys.stderr)
        return 2
    found = complaints(root)
    print("\n".join(found) if found else "every folder includes only what it may")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

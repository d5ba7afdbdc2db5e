#!/usr/bin/env python3
"""include_direction.py must find each kind of violation, and nothing in a tree without one."""
import tempfile
import unittest
from pathlib import Path

import include_direction

CLEAN = {
    "bpf/fuse_event.h": "#include <linux/types.h>\n",
    "bpf/fuse_tp.bpf.c": '#include "fuse_event.h"\n#include <bpf/bpf_helpers.h>\n',
    "dissector/record.h": "#include <cstdint>\n",
    "dissector/dissect.cpp": '#include "dissector/record.h"\n#include <fmt/format.h>\n#include <tl/expected.hpp>\n',
    "dissector/filter/match.cpp": "#include <pcre2.h>\n",
    "dissector/CMakeLists.txt": "add_library(dissector STATIC dissect.cpp)\n"
                                "target_link_libraries(dissector PUBLIC tl::expected)\n",
    "capture/live_tp.cpp": '#include "fuse_tp.skel.h"\n#include "bpf/fuse_event.h"\n#include <bpf/libbpf.h>\n',
    "capture/source.h": '#include "dissector/result.h"\n#include <unistd.h>\n',
    "capture/CMakeLists.txt": "add_library(capture STATIC source.cpp)\n"
                              "target_link_libraries(capture PUBLIC dissector PRIVATE bpf_tp)\n",
    "cli/main.cpp": '#include "capture/source.h"\n#include "dissector/record.h"\n',
    "gui/window.cpp": '#include "capture/source.h"\n#include <QWidget>\n',
    "tests/dissector/read_test.cpp": '#include "dissector/decoder.h"\n#include <linux/fuse.h>\n',
}

# What is added to the clean tree, and where the complaint has to be.
VIOLATIONS = {
    "dissector knows capture": ("dissector/dissect.cpp", '#include "capture/source.h"\n'),
    "dissector knows the probe": ("dissector/dissect.cpp", '#include "bpf/fuse_event.h"\n'),
    "dissector reads files": ("dissector/dissect.cpp", "#include <unistd.h>\n"),
    "dissector reads streams": ("dissector/dissect.cpp", "#include <fstream>\n"),
    "dissector believes the uapi header": ("dissector/dissect.cpp", "#include <linux/fuse.h>\n"),
    "capture decodes": ("capture/source.h", '#include "dissector/dissect.h"\n'),
    "capture knows cli": ("capture/source.h", '#include "cli/progress.h"\n'),
    "capture knows the probe's internals": ("capture/source.h", '#include "bpf/fuse_kernel.h"\n'),
    "cli knows gui": ("cli/main.cpp", '#include "gui/window.h"\n'),
    "gui knows cli": ("gui/window.cpp", '#include "cli/progress.h"\n'),
    "a path goes up": ("cli/main.cpp", '#include "../capture/source.h"\n'),
    "a path is not from the root": ("cli/main.cpp", '#include "source.h"\n'),
    "Qt outside gui": ("capture/source.h", "#include <QString>\n"),
    "a Qt module outside gui": ("cli/main.cpp", "#include <QtCore/QString>\n"),
    "libbpf outside capture/live": ("capture/source.h", "#include <bpf/libbpf.h>\n"),
    "a skeleton outside capture/live": ("cli/main.cpp", '#include "fuse_tp.skel.h"\n'),
    "PCRE2 outside filter": ("dissector/dissect.cpp", "#include <pcre2.h>\n"),
    "a second target": ("dissector/CMakeLists.txt", "add_library(render STATIC render.cpp)\n"),
    "a link against the arrow": ("dissector/CMakeLists.txt", "target_link_libraries(dissector PUBLIC capture)\n"),
}


def complaints_about(files):
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return include_direction.complaints(root)


class IncludeDirection(unittest.TestCase):
    def test_clean_tree_has_no_complaint(self):
        self.assertEqual(complaints_about(CLEAN), [])

    def test_each_violation_is_the_only_complaint(self):
        for name, (file, line) in VIOLATIONS.items():
            with self.subTest(name):
                found = complaints_about({**CLEAN, file: CLEAN[file] + line})
                self.assertEqual(len(found), 1, found)
                self.assertTrue(found[0].startswith(file), found)


if __name__ == "__main__":
    unittest.main()

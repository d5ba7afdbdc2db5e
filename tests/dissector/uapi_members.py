#!/usr/bin/env python3
"""Reads a uapi fuse.h and writes a C++ source that lets the compiler measure it.

usage: uapi_members.py HEADER >uapi_members.cpp

The names of structs, members and constants come from the header's text; sizes, offsets and values
come from the compiler that includes it. tests/dissector/uapi_header.h declares what is written.
"""
import re
import sys


def without_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)


def tokens(text):
    return re.findall(r"[A-Za-z_]\w*|\[[^\]]*\]|[{};]", text)


class Members:
    """Walks the declarations of one struct body and collects its members."""

    def __init__(self, words):
        self.words = words
        self.at = 0

    def take(self):
        word = self.words[self.at]
        self.at += 1
        return word

    def body(self, owner, path, structs):
        """After '{', up to and including the matching '}'."""
        while (word := self.take()) != "}":
            declaration = []
            while word != ";":
                if word == "{":
                    self.nested(owner, path, structs)
                    declaration = []
                    break
                declaration.append(word)
                word = self.take()
            if declaration:
                self.member(declaration, owner, path, structs)

    def nested(self, owner, path, structs):
        # A struct or union inside the struct: unnamed ones add their members to the owner.
        start = self.at
        probe = Members(self.words)
        probe.at = start
        probe.body("", "", {"": []})
        name = probe.take()
        self.at = start
        if name == ";":
            self.body(owner, path, structs)
        else:
            structs[owner].append((path + name, False))
            inner = owner + "." + name
            structs[inner] = []
            self.body(inner, path + name + ".", structs)
            self.take()
        self.take()

    @staticmethod
    def member(declaration, owner, path, structs):
        flexible = declaration[-1] == "[]"
        names = [word for word in declaration if not word.startswith("[")]
        structs[owner].append((path + names[-1], flexible))


def structs_of(text):
    structs = {}
    for match in re.finditer(r"\bstruct\s+((?:fuse|cuse)_\w+)\s*\{", text):
        structs[match[1]] = []
        Members(tokens(text[match.end():])).body(match[1], "", structs)
    return structs


def constants_of(text):
    macros = re.findall(
        r"^[ \t]*#[ \t]*define[ \t]+([A-Z]\w*)[ \t]+(\(1(?:ULL|ull)?[ \t]*<<[ \t]*\d+\)|\d+)[ \t]*$",
        text, flags=re.M)
    members = []
    for enum, body in re.findall(r"\benum\s+(\w+)\s*\{(.*?)\}", text, flags=re.S):
        members += [(enum, name) for name in re.findall(r"([A-Z]\w*)\s*=\s*\d+", body)]
    return [(name, "<<" in value) for name, value in macros], members


def lines_of(name, members):
    outer, _, inner = name.partition(".")
    head = f"INNER({outer}, {inner})" if inner else f"STRUCT({outer})"
    yield f"    {{{head}, {{"
    for member, flexible in members:
        if inner:
            yield f"        INNER_MEMBER({outer}, {inner}, {member.rpartition('.')[2]}),"
        else:
            yield f"        {'FLEXIBLE' if flexible else 'MEMBER'}({outer}, {member}),"
    yield "    }},"


def main():
    header = sys.argv[1]
    with open(header, encoding="utf-8") as file:
        text = without_comments(file.read())
    macros, members = constants_of(text)
    out = [
        '#pragma GCC diagnostic ignored "-Wpedantic"',  # flexible array members
        f'#include "{header}"',
        '#include "tests/dissector/uapi_header.h"',
        "",
        "const int header_minor = FUSE_KERNEL_MINOR_VERSION;",
        "",
        "const std::vector<HeaderStruct> header_structs = {",
    ]
    for name, struct_members in structs_of(text).items():
        out += lines_of(name, struct_members)
    out += ["};", "", "const std::vector<HeaderConstant> header_constants = {"]
    out += [f"    {'BIT' if is_bit else 'NUMBER'}({name})," for name, is_bit in macros]
    out += [f"    ENUMERATOR({enum}, {name})," for enum, name in members]
    out += ["};"]
    print("\n".join(out))


main()

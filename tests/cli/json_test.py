"""JSON: every sample keeps to docs/schema.json, whose keys are all explained, and to the reference."""
import copy
import json
import unittest

import jsonschema

from command_line import CONVERSATION, SOURCE_DIR, CommandLineTest

SCHEMA = json.loads((SOURCE_DIR / "docs" / "schema.json").read_text())
SAMPLES = sorted((SOURCE_DIR / "samples").rglob("*.pcapng"))
RAW_SAMPLES = sorted((SOURCE_DIR / "samples").rglob("*.raw"))
FEWEST_SAMPLES = 20


def validator():
    return jsonschema.Draft202012Validator(SCHEMA)


def of_message():
    """Quicker than the whole, and its complaints name the place."""
    return jsonschema.Draft202012Validator({**SCHEMA["$defs"]["message"], "$defs": SCHEMA["$defs"]})


def leaves(prefix, fields):
    """Names of the fields below an object of `layers`, as `fusewire fields` spells them."""
    for key, value in fields.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield from leaves(f"{prefix}.{key}", item)
            else:
                yield f"{prefix}.{key}"


class Schema(CommandLineTest):
    def test_it_is_a_schema_with_every_key_explained(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        for part in ("message", "sub", "finding", "report", "verdict", "node_ledger", "node",
                     "fhandle_ledger", "fhandle", "diagnosis", "requirement", "tier_trial",
                     "connection_list", "connection", "outstanding",
                     "outstanding_request", "statistics", "tally", "group_tally", "statistics_row",
                     "durations", "compound_statistics", "lookup_statistics", "time_series"):
            for key, about in SCHEMA["$defs"][part]["properties"].items():
                self.assertIn("description", about, f"{part}.{key}")

    def test_every_sample_keeps_to_it(self):
        self.assertGreaterEqual(len(SAMPLES), FEWEST_SAMPLES)
        check = of_message()
        checked = 0
        for path in SAMPLES + [self.imported(raw) for raw in RAW_SAMPLES]:
            with self.subTest(sample=path.name):
                messages = json.loads(self.succeed("read", path, "-T", "json"))
                for message in messages:
                    errors = [f"{error.json_path}: {error.message}"
                              for error in check.iter_errors(message)]
                    self.assertEqual(errors, [], f"frame {message['frame']}")
                checked += len(messages)
        self.assertGreater(checked, 500)

    def imported(self, raw):
        capture = self.folder / (raw.stem + ".raw.pcapng")
        self.succeed("import", "--from", "raw", raw, "-w", capture)
        return capture

    def test_an_array_and_lines_hold_the_same(self):
        capture = self.import_raw(CONVERSATION)
        array = json.loads(self.succeed("read", capture, "-T", "json"))
        self.assertEqual(array, self.messages(capture))
        validator().validate(array)
        validator().validate(array[0])

    def test_no_messages_are_an_empty_array(self):
        capture = self.folder / "none.pcapng"
        self.succeed("read", "-", "-c", "1", "-w", capture,
                     stdin=self.import_raw(CONVERSATION).read_bytes())
        header_only = capture.read_bytes()[:self.first_packet(capture)]
        self.assertEqual(json.loads(self.succeed("read", "-", "-T", "json", stdin=header_only)), [])

    @staticmethod
    def first_packet(capture):
        """Offset of the first enhanced packet block of a little-endian pcapng file."""
        data = capture.read_bytes()
        at = 0
        while int.from_bytes(data[at:at + 4], "little") != 6:
            at += int.from_bytes(data[at + 4:at + 8], "little")
        return at

    def test_it_refuses_what_is_wrong(self):
        good = self.messages(self.import_raw(CONVERSATION))[1]
        check = of_message()
        self.assertTrue(check.is_valid(good))
        for key, value in (("surprise", 1), ("frame", "1"), ("direction", "up"),
                           ("dialect", "compound-v99"), ("error_name", "oops"), ("nodeid", 1),
                           ("layers", {"lookup": {"mode": 1.5}})):
            with self.subTest(key=key):
                wrong = copy.deepcopy(good)
                wrong[key] = value
                self.assertFalse(check.is_valid(wrong))
        for key in SCHEMA["$defs"]["message"]["required"]:
            wrong = {k: v for k, v in good.items() if k != key}
            self.assertFalse(check.is_valid(wrong), key)


class Names(CommandLineTest):
    def test_every_key_of_layers_is_in_the_reference(self):
        known = set(self.succeed("fields", "-T", "names").decode().split())
        general = {"payload", "trailing", "guess", "padding"} # not of one opcode
        for path in SAMPLES:
            for message in self.messages(path):
                for part in [message, *message["sub"]]:
                    for name in leaves("fuse", part["layers"]):
                        plain = name.removesuffix("_names").removesuffix("_hex")
                        if plain.rsplit(".", 1)[1] in general:
                            continue
                        self.assertTrue(plain in known or name in known,
                                        f"{path.name} frame {message['frame']}: {name}")


if __name__ == "__main__":
    unittest.main()

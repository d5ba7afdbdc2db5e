"""fusewire rules: the reference of findings."""
import json
import unittest

from command_line import CommandLineTest, run


class Rules(CommandLineTest):
    def test_every_rule_is_explained(self):
        reference = json.loads(self.succeed("rules", "-T", "json"))
        ids = [rule["id"] for rule in reference["rules"]]
        self.assertEqual(ids, self.succeed("rules", "-T", "names").decode().split())
        self.assertEqual(len(ids), len(set(ids)))
        text = self.succeed("rules").decode()
        page = self.succeed("rules", "-T", "markdown").decode()
        for rule in reference["rules"]:
            self.assertTrue(rule["text"] and rule["consequence"], rule["id"])
            self.assertIn(rule["severity"], ("error", "warn", "note"))
            self.assertTrue(rule["dialects"], rule["id"])
            self.assertIn(f"\n{rule['id']} ({rule['severity']}): {rule['text']}\n", text)
            self.assertIn(f"\n### `{rule['id']}`\n", page)
        for rule in reference["omitted"]:
            self.assertNotIn(rule["id"], ids)
            self.assertIn(f"\n{rule['id']}: {rule['reason']}\n", text)

    def test_ids_choose(self):
        text = self.succeed("rules", "forget-underflow").decode()
        self.assertTrue(text.startswith("# References and nodeids\n\nforget-underflow (error): "))
        self.assertNotIn("use-unknown-node", text)

    def test_an_unknown_id_brings_the_nearest_one(self):
        done = run("rules", "forget-underflows")
        self.assertEqual(done.returncode, 2)
        self.assert_one_line(done.stderr, "did you mean forget-underflow?")


if __name__ == "__main__":
    unittest.main()

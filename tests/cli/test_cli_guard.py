"""``hushdesk guard``: what it says, in three forms, and how it ends."""

from __future__ import annotations

import json

import pytest

from hushdesk.cli import main

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
NSG, NIC = "Microsoft.Network/networkSecurityGroups", "Microsoft.Network/networkInterfaces"
OFFICE = {"priority": 200, "sourceAddressPrefix": "20.80.0.0/16"}
EVERYBODY = {"priority": 110, "sourceAddressPrefixes": ["0.0.0.0/1", "128.0.0.0/1"]}
INTENT = """
[[store]]
name = "cases"
engine = "elasticsearch"
resources = ["cases-nic"]
[[store.approved]]
sources = ["20.80.0.0/16", "private"]
"""


def rule(name, **properties):
    common = {
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "*",
        "destinationPortRange": "9200",
    }
    return {"name": name, "properties": common | properties}


def template(*rules, parameters=None):
    ip = {"id": "[resourceId('Microsoft.Network/publicIPAddresses', 'cases-ip')]"}
    subnet = {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'support', 'stores')]"}
    private = {"privateIPAddress": "10.20.1.4", "subnet": subnet, "publicIPAddress": ip}
    address = {"publicIPAllocationMethod": "Static", "ipAddress": "203.0.113.10"}
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": parameters or {},
        "resources": [
            {
                "type": "Microsoft.Network/publicIPAddresses",
                "name": "cases-ip",
                "sku": {"name": "Standard"},
                "properties": address,
            },
            {
                "type": "Microsoft.Network/virtualNetworks",
                "name": "support",
                "properties": {
                    "addressSpace": {"addressPrefixes": ["10.20.0.0/16"]},
                    "subnets": [{"name": "stores", "properties": {"addressPrefix": "10.20.1.0/24"}}],
                },
            },
            {"type": NSG, "name": "cases-nsg", "properties": {"securityRules": list(rules)}},
            {
                "type": NIC,
                "name": "cases-nic",
                "properties": {
                    "networkSecurityGroup": {"id": f"[resourceId('{NSG}', 'cases-nsg')]"},
                    "ipConfigurations": [{"name": "main", "properties": private}],
                },
            },
        ],
    }


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with the state before, the state after, and an intent."""
    monkeypatch.chdir(tmp_path)
    states = {"before": [rule("office", **OFFICE)]}
    states["after"] = [*states["before"], rule("temporary", **EVERYBODY)]
    for name, rules in states.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "store.json").write_text(json.dumps(template(*rules), indent=1))
    (tmp_path / "intent.toml").write_text(INTENT)
    return tmp_path


@pytest.fixture
def guard(capsys):
    """Runs the command: exit code, standard output, standard error."""

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["guard", *map(str, arguments)])
        shown = capsys.readouterr()
        return ended.value.code or 0, shown.out, shown.err

    return run


WITH_INTENT = ("--intent", "intent.toml")


def test_nobody_gets_in_beyond_the_intent(folder, guard):
    code, out, err = guard("check", "before", *WITH_INTENT)
    assert (code, err) == (0, "")
    assert out.endswith("nobody gets in beyond the intent\n")
    assert "endpoints 1, files 1, opened 1, of no known language 0; documents read: azure 1" in out


def test_somebody_does_and_the_rule_is_named_with_its_place(folder, guard):
    code, out, _ = guard("check", "after", *WITH_INTENT)
    assert code == 1
    assert out.startswith("error: ")
    assert "can reach cases-nic (network interface) on tcp 9200" in out
    assert "store: Elasticsearch" in out
    assert "temporary (priority 110)  [after/store.json:" in out
    assert out.endswith("1 error, 0 warnings\n")


def test_without_an_intent_a_partner_is_a_warning_which_may_pass(folder, guard):
    code, out, _ = guard("check", "before")
    assert (code, out.splitlines()[-1]) == (1, "0 errors, 1 warning")
    assert "usual port of: Elasticsearch" in out
    assert guard("check", "before", "--fail-on", "error")[0] == 0
    assert guard("check", "after", "--fail-on", "error")[0] == 1


def test_check_as_json(folder, guard):
    code, out, _ = guard("check", "after", *WITH_INTENT, "--json")
    value = json.loads(out)
    (exposure,) = value["exposures"]
    assert (code, value["version"], exposure["level"], exposure["store"]) == (1, 1, "error", "cases")
    assert exposure["services"] == ["tcp/9200"]
    assert exposure["beyond"]["ipv4"] > 2**31
    (way,) = exposure["ways"]
    assert way["rules"][0]["place"]["pointer"] == "resources[2].properties.securityRules[1]"
    assert value["coverage"]["documents"] == {"azure": 1}


def test_check_as_sarif(folder, guard):
    code, out, _ = guard("check", folder / "after", *WITH_INTENT, "--sarif")
    log = json.loads(out)
    (run,) = log["runs"]
    (result,) = [one for one in run["results"] if one["level"] == "error"]
    physical = result["locations"][0]["physicalLocation"]
    assert (code, log["version"], result["ruleId"]) == (1, "2.1.0", "exposed")
    assert result["ruleId"] in {one["id"] for one in run["tool"]["driver"]["rules"]}
    assert physical["artifactLocation"]["uri"] == "after/store.json"
    line = (folder / "after" / "store.json").read_text().splitlines()[physical["region"]["startLine"] - 1 :]
    assert "temporary" in "".join(line[:2])
    assert result["message"]["text"].endswith("by temporary (priority 110).")
    # Moving lines must not make another finding of it.
    store = folder / "after" / "store.json"
    store.write_text("\n\n" + store.read_text())
    again = json.loads(guard("check", folder / "after", *WITH_INTENT, "--sarif")[1])["runs"][0]["results"]
    assert result["partialFingerprints"] in [one["partialFingerprints"] for one in again]


def test_stores_that_no_intent_covers_and_intents_that_no_input_shows(folder, guard):
    (folder / "after" / "compose.yaml").write_text("services: {log: {image: 'redis:7'}}\n")
    (folder / "intent.toml").write_text(INTENT.replace('["cases-nic"]', '["elsewhere"]'))
    code, out, _ = guard("check", "after", *WITH_INTENT)
    assert code == 1
    assert "error: no intent covers after/log (redis)" in out
    assert "note: no input shows the store cases: nothing was looked at for it" in out


def test_a_value_from_outside_decides(folder, guard):
    asks = rule("asked", priority=120, sourceAddressPrefix="[parameters('who')]")
    content = template(asks, parameters={"who": {"type": "string"}})
    (folder / "before" / "store.json").write_text(json.dumps(content))
    code, out, _ = guard("check", "before", *WITH_INTENT, "--all")
    assert code == 1
    assert "may reach" in out
    assert "the parameter who has no value" in out
    assert "--set" in out
    assert guard("check", "before", *WITH_INTENT, "--set", "who=20.80.3.0/24")[0] == 0
    assert guard("check", "before", *WITH_INTENT, "--set", "who")[0] == 2


def test_a_service_tag_is_everybody_until_its_file_is_given(folder, guard):
    tagged = rule("tagged", priority=120, sourceAddressPrefix="AzureDevOps")
    (folder / "before" / "store.json").write_text(json.dumps(template(tagged)))
    assert guard("check", "before", *WITH_INTENT)[0] == 1
    values = {"name": "AzureDevOps", "id": "AzureDevOps", "properties": {"addressPrefixes": ["20.80.9.0/24"]}}
    (folder / "tags.json").write_text(json.dumps({"changeNumber": 1, "cloud": "Public", "values": [values]}))
    assert guard("check", "before", *WITH_INTENT, "--service-tags", "tags.json")[0] == 0
    (folder / "tags.json").write_text("[]")
    code, _, err = guard("check", "before", "--service-tags", "tags.json")
    assert (code, len(err.splitlines())) == (2, 1)


CUT = json.dumps(template())[:300]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("cut.json", CUT, "no valid JSON"),
        ("circle.yaml", "a: &a [*a]\n", "an alias refers to itself"),
        ("cut.tf", 'resource "a" {', "no valid HCL"),
        ("deep.json", "[" * 100_000, "nested too deeply"),
        ("blob.json", "\0\1\2", "no text"),
        ("large.json", " " * 2**20 + "[1]", "larger than 1 MB"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_no_green_verdict(folder, guard, name, content, problem):
    (folder / "before" / name).write_text(content)
    code, out, err = guard("check", "before", *WITH_INTENT, "--largest-file", 1)
    (line,) = [one for one in out.splitlines() if one.startswith("malformed: ")]
    assert (code, err) == (14, "")
    assert line.startswith(f"malformed: before/{name}")
    assert problem in line
    assert line.endswith(".")
    assert out.endswith("no verdict: 1 thing above could not be read\n")
    # Whoever gets in comes first: 1 stays 1.
    (folder / "after" / name).write_text(content)
    assert guard("check", "after", *WITH_INTENT)[0] == 1


def test_a_link_to_nothing_is_told(folder, guard):
    (folder / "before" / "store2.json").symlink_to("nowhere.json")
    code, out, _ = guard("check", "before", *WITH_INTENT)
    assert code == 14
    assert "malformed: before/store2.json: a link to nothing." in out


def test_a_folder_without_endpoints_is_not_called_safe(folder, guard):
    (folder / "empty").mkdir()
    code, out, _ = guard("check", "empty")
    assert (code, out.splitlines()[-1]) == (0, "nothing to check: these files show no endpoint")
    code, _, _ = guard("check", "empty", *WITH_INTENT)
    assert code == 14


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "nowhere"),
        ("reach", "cases-nic", "nowhere"),
        ("diff", "nowhere", "after"),
        ("diff", "before", "nowhere"),
        ("explain", "cases-nic", "nowhere", "--from", "20.1.1.1", "--port", "9200"),
        ("explain", "cases-nic", "after", "--from", "nobody", "--port", "9200"),
        ("explain", "cases-nic", "after", "--from", "20.1.1.1", "--port", "70000"),
        ("check", "before", "--intent", "nowhere.toml"),
        ("check", "before", "--fail-on", "note"),
    ],
)
def test_a_wrong_command_is_2(folder, guard, arguments):
    code, out, err = guard(*arguments)
    assert (code, out) == (2, "")
    assert err


def test_reach_shows_the_whole_set_and_its_rules(folder, guard):
    code, out, err = guard("reach", "cases", "before", *WITH_INTENT)
    assert (code, err) == (0, "")
    assert out.startswith("cases-nic (network interface)  [before/store.json:")
    assert "office (priority 200)" in out
    (value,) = json.loads(guard("reach", "cases-nic", "before", "--port", "9200", "--json")[1])
    assert (value["ports"], value["exact"]) == ([9200], True)
    assert "20.80.0.0/16" in value["upper"]["networks"]


def test_an_unknown_store_is_9_and_lists_the_known(folder, guard):
    for arguments in (
        ("reach", "x", "before"),
        ("explain", "x", "before", "--from", "20.1.1.1", "--port", "1"),
    ):
        code, out, err = guard(*arguments)
        assert (code, out) == (9, "")
        assert "cases-nic" in err


def test_diff_names_who_was_let_in_and_the_rule(folder, guard):
    code, out, _ = guard("diff", "before", "after")
    assert code == 1
    assert out.startswith("added: ")
    assert "temporary (priority 110)" in out
    code, out, _ = guard("diff", "after", "before")
    assert code == 0
    assert out.startswith("removed: ")
    assert guard("diff", "before", "before")[:2] == (0, "no reach set changed\n")
    (change,) = json.loads(guard("diff", "before", "after", "--json")[1])
    assert (change["endpoint"], change["port"]) == ("cases-nic", 9200)
    assert change["guilty"][0]["rule"]["rule"] == "temporary (priority 110)"


def test_diff_reach_and_explain_say_what_they_could_not_read(folder, guard):
    """A state that was cut off must not look like one in which nobody gets in."""
    (folder / "after" / "store.json").write_text(CUT)
    code, _, err = guard("diff", "before", "after")
    assert code == 14
    assert "malformed: after/store.json:1: no valid JSON" in err
    (folder / "before" / "cut.json").write_text(CUT)
    code, out, err = guard("explain", "cases-nic", "before", "--from", "20.1.1.1", "--port", "9200", "--json")
    assert (code, json.loads(out)[0]["verdict"]) == (14, "closed")
    assert "cut.json" in err
    assert "cut.json" in guard("reach", "cases-nic", "before")[2]


def test_explain_follows_one_connection(folder, guard):
    asked = ("--port", "9200", *WITH_INTENT)
    code, out, _ = guard("explain", "cases", "after", "--from", "8.8.8.8", *asked)
    assert (code, out.splitlines()[0]) == (1, "8.8.8.8 to cases-nic, tcp 9200: open")
    assert "let through by temporary (priority 110)" in out
    code, out, _ = guard("explain", "cases", "before", "--from", "8.8.8.8", *asked)
    assert (code, out.splitlines()[0]) == (0, "8.8.8.8 to cases-nic, tcp 9200: closed")
    (value,) = json.loads(guard("explain", "cases", "before", "--from", "20.80.1.1", *asked, "--json")[1])
    assert value["verdict"] == "open"


def test_names_cannot_move_the_cursor_or_begin_a_line(folder, guard):
    evil = rule("x\n::error::\x1b[2J\u202e", priority=105, sourceAddressPrefix="*")
    (folder / "after" / "store.json").write_text(json.dumps(template(evil)))
    code, out, _ = guard("check", "after")
    assert code == 1
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert not [line for line in out.splitlines() if line.startswith("::")]
    assert "x\\u000a::error::" in out

"""Templates: expressions, loops, conditions, children, nested and linked deployments."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.guard._addresses import EVERYWHERE, PUBLIC, AddressSet
from hushdesk.guard._findings import Endpoint, Malformed, NotLookedAt, Unresolved
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.azure._arm_eval import Scope, evaluate
from hushdesk.guard.dialects.azure._arm_parse import DEEPEST, ExpressionError, parse
from hushdesk.guard.reach import reach

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
PLATFORM = AddressSet.parse("168.63.129.16")
CORP = AddressSet.parse("203.0.113.0/24")


def template(*resources, **more):
    listed = more.pop("resources", list(resources))
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": listed, **more}


def parameters(**values):
    schema = SCHEMA.replace("deploymentTemplate", "deploymentParameters")
    return {
        "$schema": schema,
        "contentVersion": "1.0.0.0",
        "parameters": {name: {"value": value} for name, value in values.items()},
    }


def rule(source="*", ports="9200", **more):
    fields = {"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourcePortRange": "*", "sourceAddressPrefix": source,
              "destinationAddressPrefix": "*", "destinationPortRange": ports}  # fmt: skip
    return {"name": more.pop("name", "r"), "properties": {**fields, **more}}


def nsg(*rules, name="n", **more):
    return {
        "type": "Microsoft.Network/networkSecurityGroups",
        "apiVersion": "2023-09-01",
        "name": name,
        "properties": {"securityRules": list(rules)},
        **more,
    }


def endpoints(findings):
    return {one.name: one for one in findings if isinstance(one, Endpoint)}


def outside(endpoint, port=9200):
    found = reach(endpoint, port)
    return found.upper & PUBLIC - PLATFORM, found.lower & PUBLIC - PLATFORM


VALUES = [
    ("plain", "plain"),
    ("[[x]", "[x]"),
    ("['it''s']", "it's"),
    ("[concat('a', 'b', 3)]", "ab3"),
    ("[concat(createArray(1), createArray(2))]", [1, 2]),
    ("[format('{0}-{1:d3} {{x}}', 'a', 7)]", "a-007 {x}"),
    ("[toLower('ABC')]", "abc"),
    ("[TOUPPER('abc')]", "ABC"),
    ("[substring('abcdef', 1, 3)]", "bcd"),
    ("[substring('abcdef', 2)]", "cdef"),
    ("[replace('a-b', '-', '.')]", "a.b"),
    ("[split('a,b;c', createArray(',', ';'))]", ["a", "b", "c"]),
    ("[join(createArray('a', 'b'), '+')]", "a+b"),
    ("[length('abc')]", 3),
    ("[length(createArray(1, 2))]", 2),
    ("[if(equals(1, 1), 'yes', 'no')]", "yes"),
    ("[if(equals('a', 'A'), 'yes', 'no')]", "no"),
    ("[and(true, not(false), or(false, true))]", True),
    ("[coalesce(null, 'x')]", "x"),
    ("[padLeft(7, 3, '0')]", "007"),
    ("[add(1, mul(2, 3))]", 7),
    ("[div(-7, 2)]", -3),
    ("[mod(-7, 2)]", -1),
    ("[sub(3, 5)]", -2),
    ("[int('42')]", 42),
    ("[string(createArray(1, 'a'))]", '[1,"a"]'),
    ("[json('{\"a\": [1]}').a[0]]", 1),
    ("[json('null')]", None),
    ("[first('abc')]", "a"),
    ("[last(createArray(1, 2))]", 2),
    ("[contains('abc', 'bc')]", True),
    ("[contains(createArray('a'), 'a')]", True),
    ("[contains(createObject('a', 1), 'A')]", True),
    ("[empty(createArray())]", True),
    ("[empty('')]", True),
    ("[range(3, 2)]", [3, 4]),
    ("[union(createArray(1, 2), createArray(2, 3))]", [1, 2, 3]),
    ("[union(createObject('a', 1), createObject('b', 2))]", {"a": 1, "b": 2}),
    ("[intersection(createArray(1, 2), createArray(2, 3))]", [2]),
    ("[take('abc', 2)]", "ab"),
    ("[skip(createArray(1, 2, 3), 1)]", [2, 3]),
    ("[indexOf('abc', 'C')]", 2),
    ("[startsWith('Abc', 'ab')]", True),
    ("[greaterOrEquals(2, 2)]", True),
    ("[less('a', 'b')]", True),
    ("[min(3, 1)]", 1),
    ("[max(createArray(3, 1))]", 3),
    ("[trim(' a ')]", "a"),
    ("[cidrSubnet('10.0.0.0/16', 24, 3)]", "10.0.3.0/24"),
    ("[cidrHost('10.0.0.0/24', 3)]", "10.0.0.4"),
    ("[uri('https://h/a/', 'b/c.json')]", "https://h/a/b/c.json"),
    ("[base64ToString(base64('x'))]", "x"),
    ("[tryGet(createObject('a', 1), 'b')]", None),
    ("[createObject('a', 1).?b]", None),
    ("[map(range(0, 2), lambda('x', add(lambdaVariables('x'), 5)))]", [5, 6]),
    ("[filter(createArray(1, 5), lambda('x', greater(lambdaVariables('x'), 2)))]", [5]),
    ("[toObject(createArray('a'), lambda('x', lambdaVariables('x')), lambda('x', 1))]", {"a": 1}),
    ("[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 's')]", "/subscriptions/{subscription}/resourceGroups/{resourceGroup}/providers/Microsoft.Network/virtualNetworks/v/subnets/s"),
    ("[resourceId('g', 'A.B/c', 'x')]", "/subscriptions/{subscription}/resourceGroups/g/providers/A.B/c/x"),
    ("[resourceId('sub', 'g', 'A.B/c', 'x')]", "/subscriptions/sub/resourceGroups/g/providers/A.B/c/x"),
    ("[subscriptionResourceId('A.B/c', 'x')]", "/subscriptions/{subscription}/providers/A.B/c/x"),
    ("[extensionResourceId('/x', 'A.B/c', 'y')]", "/x/providers/A.B/c/y"),
    ("[concat(resourceGroup().id, '/x')]", "/subscriptions/{subscription}/resourceGroups/{resourceGroup}/x"),
    ("[subscription().subscriptionId]", "{subscription}"),
    # Decided in spite of an unknown part.
    ("[and(parameters('none'), false)]", False),
    ("[or(parameters('none'), true)]", True),
    ("[if(parameters('none'), 'same', 'same')]", "same"),
    ("[if(true, 'x', parameters('none'))]", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), VALUES, ids=[text for text, _ in VALUES])
def test_values(text, value):
    found = evaluate(text, Scope())
    assert found == value
    assert isinstance(found, bool) == isinstance(value, bool)


@pytest.mark.parametrize(
    "text",
    ["[parameters('none')]", "[variables('none')]", "[reference('x').y]", "[listKeys('x', '1').keys[0]]", "[resourceGroup().location]", "[utcNow()]", "[nosuch(1)]",
     "[concat('a', parameters('none'))]", "[if(parameters('none'), 'a', 'b')]", "[substring('abc', 2, 9)]", "[createArray(1)[4]]", "[json('{')]", "[int('x')]",
     "[range(0, 999999)]", "[copyIndex()]", "[div(1, 0)]", "[resourceId('x')]", "[createObject('a', 1).b]", "[first(3)]"],
)  # fmt: skip
def test_unknown_values_say_why(text):
    found = evaluate(text, Scope())
    assert isinstance(found, Unknown)
    assert found.why


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "[]",
        "['x]",
        "[concat(]",
        "[concat('a' 'b')]",
        "[x]",
        "[a..b()]",
        "[concat('a')) ]",
        "[1 2]",
        "[concat('a'",
        "[&]",
        "[parameters('a').]",
    ],
)
def test_expressions_that_are_none(text):
    with pytest.raises(ExpressionError):
        parse(f"{text}]" if not text.endswith("]") else text)


def test_expressions_have_limits():
    with pytest.raises(ExpressionError, match="deep"):
        parse("[" + "not(" * (DEEPEST + 2) + "true" + ")" * (DEEPEST + 2) + "]")
    with pytest.raises(ExpressionError, match="longer"):
        parse("['" + "x" * 30_000 + "']")
    grown = "x"
    scope = Scope(
        variables={
            f"v{n}": f"[concat(variables('v{n - 1}'), variables('v{n - 1}'))]" if n else grown
            for n in range(60)
        }
    )
    assert isinstance(evaluate("[variables('v59')]", scope), Unknown)


@given(st.text(alphabet="[]()'.,?abcxif 019", max_size=60))
def test_no_text_breaks_the_parser(text):
    with contextlib.suppress(ExpressionError):
        parse(f"[{text}]")


@settings(max_examples=40)
@given(st.text(alphabet="ab'[]{}() \u00e9\n\\", max_size=30))
def test_texts_come_back_as_they_were(text):
    quoted = text.replace("'", "''")
    assert evaluate(f"[concat('{quoted}', '')]", Scope()) == text


def test_parameters_and_variables(read):
    made = template(
        nsg(rule("[parameters('src')]", "[variables('ports').es]")),
        parameters={"src": {"type": "string", "defaultValue": "203.0.113.0/24"}},
        variables={"ports": {"es": "[string(add(9000, 200))]"}},
    )
    assert reach(endpoints(read({"t.json": made}))["n"], 9200).lower >= CORP


@pytest.mark.parametrize(("world", "files"), [({"SRC": "203.0.113.0/24"}, {}), ({}, {"t.parameters.json": parameters(Src="203.0.113.0/24")}),
                                              ({"src": "203.0.113.0/24"}, {"t.parameters.json": parameters(src="*")})])  # fmt: skip
def test_values_from_the_user_and_from_files(read, world, files):
    made = template(
        nsg(rule("[parameters('src')]")), parameters={"src": {"type": "string", "defaultValue": "*"}}
    )
    found = reach(endpoints(read({"t.json": made, **files}, parameters=world))["n"], 9200)
    assert found.lower >= CORP
    assert not found.upper & PUBLIC - PLATFORM


def test_a_parameter_without_a_value_is_unknown_and_told_with_its_place(read):
    made = template(nsg(rule("[parameters('src')]")), parameters={"src": {"type": "string"}})
    findings = read({"t.json": made})
    upper, lower = outside(endpoints(findings)["n"])
    assert (upper, bool(lower)) == (PUBLIC - PLATFORM, False)
    told = [one for one in findings if isinstance(one, Unresolved) and "src" in one.expression]
    assert [(one.expression, one.place.pointer) for one in told] == [
        ("parameters('src')", "resources[0].properties.securityRules[0].properties.sourceAddressPrefix")
    ]
    assert "parameter file" in told[0].why


def test_a_secret_of_a_key_vault_is_unknown(read):
    given_file = parameters()
    given_file["parameters"]["src"] = {"reference": {"keyVault": {"id": "x"}, "secretName": "y"}}
    made = template(
        nsg(rule("[parameters('src')]")),
        parameters={"src": {"type": "string", "defaultValue": "203.0.113.0/24"}},
    )
    upper, lower = outside(endpoints(read({"t.json": made, "t.parameters.json": given_file}))["n"])
    assert (upper, bool(lower)) == (PUBLIC - PLATFORM, False)


def test_names_and_ids_without_values_still_meet(read):
    vnet = {"type": "Microsoft.Network/virtualNetworks", "name": "[concat(parameters('p'), '-net')]", "properties": {
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
        "subnets": [{"name": "[parameters('sub')]", "properties": {"addressPrefix": "10.0.0.0/24", "networkSecurityGroup": {"id": "[variables('group')]"}}}]}}  # fmt: skip
    pip = {
        "type": "Microsoft.Network/publicIPAddresses",
        "name": "[concat('pip-', uniqueString(resourceGroup().id))]",
        "sku": {"name": "Standard"},
    }
    config = {"name": "i", "properties": {
        "subnet": {"id": "[concat(resourceId('Microsoft.Network/virtualNetworks', concat(parameters('p'), '-net')), '/subnets/', parameters('sub'))]"},
        "publicIPAddress": {"id": "[resourceId('Microsoft.Network/publicIPAddresses', concat('pip-', uniqueString(resourceGroup().id)))]"}}}  # fmt: skip
    nic = {
        "type": "Microsoft.Network/networkInterfaces",
        "name": "nic",
        "properties": {"ipConfigurations": [config]},
    }
    made = template(
        nsg(rule("203.0.113.0/24"), name="[parameters('g')]"), vnet, pip, nic,
        parameters={"p": {"type": "string"}, "sub": {"type": "string"}, "g": {"type": "string"}},
        variables={"group": "[resourceId('Microsoft.Network/networkSecurityGroups', parameters('g'))]"},
    )  # fmt: skip
    found = endpoints(read({"t.json": made}))
    assert set(found) == {"nic"}
    assert reach(found["nic"], 9200).upper == CORP | AddressSet.parse("10.0.0.0/16") | PLATFORM
    assert reach(found["nic"], 9200).exact


def test_circles_are_malformed(read):
    made = template(
        nsg(rule("[variables('a')]")), variables={"a": "[variables('b')]", "b": "[variables('a')]"}
    )
    findings = read({"t.json": made})
    assert any(isinstance(one, Malformed) and "itself" in one.problem for one in findings)
    assert outside(endpoints(findings)["n"])[0] == PUBLIC - PLATFORM


def test_a_broken_expression_is_malformed_and_the_rest_goes_on(read):
    findings = read(
        {
            "t.json": template(
                nsg(rule("[concat('a'")), nsg(rule("[oops]"), name="m"), nsg(rule("203.0.113.0/24"), name="k")
            )
        }
    )
    assert [
        one.place.pointer for one in findings if isinstance(one, Malformed) and "expression" in one.remedy
    ] == ["resources[1].properties.securityRules[0].properties.sourceAddressPrefix"]
    assert outside(endpoints(findings)["m"])[0] == PUBLIC - PLATFORM
    assert reach(endpoints(findings)["k"], 9200).lower >= CORP


def test_loops_of_resources(read):
    group = nsg(
        rule("*", "[string(add(9200, copyIndex()))]"),
        name="[concat('n', copyIndex(1))]",
        copy={"name": "loop", "count": "[parameters('count')]"},
    )
    made = template(group, parameters={"count": {"type": "int", "defaultValue": 3}})
    found = endpoints(read({"t.json": made}))
    assert set(found) == {"n1", "n2", "n3"}
    assert outside(found["n3"], 9202)[1] == PUBLIC - PLATFORM
    assert not outside(found["n3"], 9200)[0]


def test_loops_of_properties_and_of_variables(read):
    group = {"type": "Microsoft.Network/networkSecurityGroups", "name": "n", "properties": {"copy": [{
        "name": "securityRules", "count": "[length(variables('ports'))]",
        "input": rule("*", "[variables('ports')[copyIndex('securityRules')]]", priority="[add(100, copyIndex('securityRules'))]", name="[concat('r', copyIndex('securityRules'))]")}]}}  # fmt: skip
    variables = {
        "copy": [{"name": "ports", "count": 2, "input": "[string(add(9200, mul(100, copyIndex('ports'))))]"}]
    }
    found = endpoints(read({"t.json": template(group, variables=variables)}))["n"]
    assert [bool(outside(found, port)[1]) for port in (9200, 9300, 9400)] == [True, True, False]
    assert [rule.name for rule in found.paths[0].gates[0].stages[0].rules[:2]] == [
        "r0 (priority 100)",
        "r1 (priority 101)",
    ]


def test_loops_of_unknown_length(read):
    many = nsg(
        rule("203.0.113.0/24"),
        name="[concat('n', copyIndex())]",
        copy={"name": "l", "count": "[parameters('c')]"},
    )
    inner = {
        "type": "Microsoft.Network/networkSecurityGroups",
        "name": "m",
        "properties": {"copy": [{"name": "securityRules", "count": "[parameters('c')]", "input": rule()}]},
    }
    findings = read({"t.json": template(many, inner, parameters={"c": {"type": "int"}})})
    found = endpoints(findings)
    turn = reach(found["n0"], 9200)
    assert CORP <= turn.upper
    assert not turn.lower
    assert (bool(outside(found["m"])[0]), bool(outside(found["m"])[1])) == (True, False)
    assert sum(isinstance(one, Unresolved) for one in findings) >= 2


@pytest.mark.parametrize("count", [-1, 801, "x", True, 1.5])
def test_a_loop_of_no_valid_length(read, count):
    findings = read({"t.json": template(nsg(rule(), name="n", copy={"name": "l", "count": count}))})
    assert not outside(endpoints(findings)["n"])[1]


@pytest.mark.parametrize(
    ("condition", "there"),
    [
        (True, True),
        (False, False),
        ("[equals(parameters('e'), 'prod')]", False),
        ("[not(equals(parameters('e'), 'prod'))]", True),
    ],
)
def test_conditions(read, condition, there):
    made = template(
        nsg(rule(), condition=condition), parameters={"e": {"type": "string", "defaultValue": "dev"}}
    )
    assert bool(endpoints(read({"t.json": made}))) is there


def test_an_unresolved_condition_is_doubt(read):
    findings = read(
        {"t.json": template(nsg(rule(), condition="[parameters('e')]"), parameters={"e": {"type": "bool"}})}
    )
    upper, lower = outside(endpoints(findings)["n"])
    assert (upper, bool(lower)) == (PUBLIC - PLATFORM, False)
    assert any(
        isinstance(one, Unresolved) and one.place.pointer == "resources[0].condition" for one in findings
    )


def test_children_inside_and_beside(read):
    inside = nsg(
        name="a", resources=[{"type": "securityRules", "name": "x", "properties": rule()["properties"]}]
    )
    full = nsg(
        name="b",
        resources=[
            {
                "type": "Microsoft.Network/networkSecurityGroups/securityRules",
                "name": "b/x",
                "properties": rule()["properties"],
            }
        ],
    )
    beside = {
        "type": "Microsoft.Network/networkSecurityGroups/securityRules",
        "name": "[concat('c', '/x')]",
        "properties": rule()["properties"],
    }
    found = endpoints(read({"t.json": template(inside, full, nsg(name="c"), beside)}))
    assert {name: bool(outside(one)[1]) for name, one in found.items()} == {"a": True, "b": True, "c": True}


def test_symbolic_names(read):
    made = template(
        languageVersion="2.0",
        resources={
            "group": nsg(rule("203.0.113.0/24")),
            "old": {"existing": True, "type": "Microsoft.Network/networkSecurityGroups", "name": "old"},
        },
    )
    findings = read({"t.json": made})
    assert set(endpoints(findings)) == {"n"}
    assert endpoints(findings)["n"].place.pointer == "resources.group"


def nested(inner, name="deep", scope=None, **values):
    properties = {"mode": "Incremental", "template": inner}
    if scope:
        properties["expressionEvaluationOptions"] = {"scope": scope}
    if values:
        properties["parameters"] = {key: {"value": value} for key, value in values.items()}
    return {"type": "Microsoft.Resources/deployments", "name": name, "properties": properties}


def test_the_scope_of_nested_templates(read):
    inner = template(
        nsg(rule("[parameters('src')]")),
        parameters={"src": {"type": "string", "defaultValue": "198.51.100.0/24"}},
    )
    for scope, values, wanted in (
        (None, {}, "203.0.113.0/24"),
        ("Outer", {}, "203.0.113.0/24"),
        ("inner", {}, "198.51.100.0/24"),
        ("inner", {"src": "[parameters('src')]"}, "203.0.113.0/24"),
    ):
        made = template(
            nested(inner, scope=scope, **values),
            parameters={"src": {"type": "string", "defaultValue": "203.0.113.0/24"}},
        )
        found = reach(endpoints(read({"t.json": made}))["n"], 9200)
        assert found.lower - PLATFORM == AddressSet.parse(wanted), scope


def test_a_nested_template_under_an_unresolved_condition(read):
    made = template(
        {**nested(template(nsg(rule()))), "condition": "[parameters('e')]"},
        parameters={"e": {"type": "bool"}},
    )
    assert not outside(endpoints(read({"t.json": made}))["n"])[1]


def test_outputs_of_a_nested_template(read):
    inner = template(
        nsg(rule("203.0.113.0/24"), name="hidden"),
        outputs={
            "groupId": {
                "type": "string",
                "value": "[resourceId('Microsoft.Network/networkSecurityGroups', 'hidden')]",
            }
        },
    )
    subnet = {
        "name": "a",
        "properties": {
            "addressPrefix": "10.0.0.0/24",
            "networkSecurityGroup": {"id": "[reference('deep').outputs.groupId.value]"},
        },
    }
    vnet = {
        "type": "Microsoft.Network/virtualNetworks",
        "name": "v",
        "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [subnet]},
    }
    config = {
        "name": "i",
        "properties": {
            "subnet": {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 'a')]"}
        },
    }
    nic = {
        "type": "Microsoft.Network/networkInterfaces",
        "name": "nic",
        "properties": {"ipConfigurations": [config]},
    }
    found = endpoints(read({"t.json": template(vnet, nic, nested(inner, scope="inner"))}))
    assert set(found) == {"nic"}
    assert reach(found["nic"], 9200).exact


def linked(link, **values):
    properties = {
        "mode": "Incremental",
        "templateLink": link,
        "parameters": {key: {"value": value} for key, value in values.items()},
    }
    return {"type": "Microsoft.Resources/deployments", "name": "far", "properties": properties}


LINKS = [
    {"relativePath": "nested/inner.json"},
    {"uri": "[uri(parameters('_artifactsLocation'), 'nested/inner.json')]"},
    {
        "uri": "[concat(parameters('_artifactsLocation'), '/nested/inner.json', parameters('_artifactsLocationSasToken'))]"
    },
    {"uri": "https://raw.example.org/org/repo/main/folder/nested/inner.json"},
    {"uri": "[uri(deployment().properties.templateLink.uri, 'nested/inner.json')]"},
]


@pytest.mark.parametrize("link", LINKS, ids=lambda link: str(*link.values()))
def test_linked_templates(read, link):
    inner = template(nsg(rule("[parameters('src')]")), parameters={"src": {"type": "string"}})
    outer = template(
        linked(link, src="203.0.113.0/24"),
        parameters={
            "_artifactsLocation": {"type": "string"},
            "_artifactsLocationSasToken": {"type": "string"},
        },
    )
    findings = read({"folder/main.json": outer, "folder/nested/inner.json": inner})
    assert list(endpoints(findings)) == ["n"]
    assert reach(endpoints(findings)["n"], 9200).lower - PLATFORM == CORP
    assert endpoints(findings)["n"].place.file == "folder/nested/inner.json"


def test_a_link_that_leads_nowhere_is_named(read):
    for link in (
        {"uri": "https://elsewhere.example.org/repo/main.json"},
        {"relativePath": "gone.json"},
        {"uri": "[parameters('u')]"},
        {"id": "/subscriptions/x/templateSpecs/y"},
    ):
        findings = read({"a/main.json": template(linked(link), parameters={"u": {"type": "string"}})})
        assert [type(one) for one in findings] == [NotLookedAt], link


def test_templates_in_a_circle(read):
    findings = read(
        {
            "a.json": template(linked({"relativePath": "b.json"})),
            "b.json": template(linked({"relativePath": "a.json"})),
        }
    )
    assert any(isinstance(one, Malformed) and "itself" in one.problem for one in findings)


def test_a_chain_of_nested_templates_has_an_end(read):
    inner = template(nsg(rule()))
    for _ in range(30):
        inner = template(nested(inner))
    assert any(isinstance(one, Malformed) for one in read({"t.json": inner}))


@pytest.mark.parametrize(
    "content",
    [template(resources=3), template(3), template({"type": 5, "name": "x"}), template({"type": "Microsoft.Network/networkSecurityGroups"}),
     template(nsg(name=None)), template({**nsg(), "properties": 7}), template({"type": "Microsoft.Resources/deployments", "name": "d"})],
)  # fmt: skip
def test_wrong_templates_are_told(read, content):
    findings = read({"t.json": content})
    assert any(isinstance(one, Malformed) and one.remedy for one in findings)


def test_functions_of_the_template(read):
    made = template(
        nsg(rule("[my.net('203.0.113')]")),
        functions=[
            {
                "namespace": "my",
                "members": {
                    "net": {
                        "parameters": [{"name": "p", "type": "string"}],
                        "output": {"type": "string", "value": "[concat(parameters('p'), '.0/24')]"},
                    }
                },
            }
        ],
    )
    assert reach(endpoints(read({"t.json": made}))["n"], 9200).lower >= CORP


def test_stores_in_templates(read):
    server = {"type": "Microsoft.Sql/servers", "name": "[parameters('s')]", "properties": {"administratorLoginPassword": "[parameters('secret')]"},
              "resources": [{"type": "firewallrules", "name": "all", "properties": {"startIpAddress": "0.0.0.0", "endIpAddress": "255.255.255.255"}}]}  # fmt: skip
    findings = read(
        {
            "t.json": template(
                server,
                parameters={
                    "s": {"type": "string", "defaultValue": "db"},
                    "secret": {"type": "securestring"},
                },
            )
        }
    )
    assert reach(endpoints(findings)["db"], 1433).lower == AddressSet.parse("0.0.0.0/0")
    assert not [one for one in findings if isinstance(one, Unresolved)], "a secret says nothing about reach"


def test_default_cosmos_in_a_template_is_open(read):
    account = {
        "type": "Microsoft.DocumentDB/databaseAccounts",
        "name": "c",
        "kind": "MongoDB",
        "properties": {},
    }
    found = endpoints(read({"t.json": template(account)}))["c"]
    assert (found.engine, reach(found, 10255).lower) == ("mongodb", EVERYWHERE)


def test_templates_inside_a_blueprint_or_an_export(read):
    blueprint = {
        "kind": "template",
        "type": "Microsoft.Blueprint/blueprints/artifacts",
        "name": "x",
        "properties": {"template": template(nsg(rule("203.0.113.0/24"))), "parameters": {}},
    }
    for content, pointer in (
        (blueprint, "properties.template.resources[0]"),
        ({"template": template(nsg(rule("203.0.113.0/24"), name="n"))}, "template.resources[0]"),
    ):
        found = endpoints(read({"a/t.json": content, "a/u.json": content}))
        assert found["n"].place.pointer == pointer
        assert reach(found["n"], 9200).lower >= CORP

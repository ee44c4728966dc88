"""Every example of the store's page, played against a server."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from goods import MICRO, asked, bought, managed, paid, server, service
from router_client import ROUTER, router_key
from shop import DOMAIN, Household, name
from test_seed_examples import node
from waiting import until

TRANSCRIPTS = [Path(__file__).parent / "transcripts" / name for name in ("agent-store", "credit-router")]
LAUNCHPAD = {"domainName": "launchpad.com", "periodYears": 1, "autoRenew": True, "privacyProtection": True}
DOORS = {
    "catalog_categories": ("GET", "/catalog/categories"), "catalog_search": ("GET", "/catalog/items"),
    "catalog_checkout_requirements": ("GET", "/catalog/items/{catalogItemId}/checkout"),
    "quote_create": ("POST", "/quotes"), "purchase_create": ("POST", "/purchases"),
    "service_get": ("GET", "/services/{serviceId}"),
    "router_api_key_create": ("POST", "/services/{serviceId}/router/keys"),
    "phone_balance_topup": ("POST", "/services/{serviceId}/phone/topup"),
    "phone_message_list": ("GET", "/services/{serviceId}/phone/messages"),
    "phone_missed_call_list": ("GET", "/services/{serviceId}/phone/missed-calls"),
}


@pytest.fixture(scope="module")
def market(servers):
    return servers(ROUTER)


@pytest.fixture
def shopper(market):
    return Household(market).shopper()


def text_of(name):
    [path] = [folder / name for folder in TRANSCRIPTS if (folder / name).exists()]
    return path.read_text()


def example(name, server):
    """An example with its host and the item's id filled in."""
    return text_of(name).replace("https://ag3n7.store", server.base).replace("<catalog-item-uuid>", DOMAIN)


def play(command, source, folder, **environment):
    """What a program prints."""
    (folder / command[-1]).write_text(source)
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, env=os.environ | environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def launchpad(shopper):
    """Buys the printed domain by a program, and gives it back for the next one."""
    def check(quote, purchase):
        assert quote["catalogItemId"] == DOMAIN and quote["configuration"] == LAUNCHPAD
        assert (quote["totalPriceMinor"], quote["currency"]) == (1499, "usd")
        assert {"domain:nameservers:set", "domain:dns-records:write"} <= set(quote["managementCapabilities"])
        assert purchase["quoteId"] == quote["id"] and purchase["idempotencyKey"] == "deploy-domain-1"
        ended = shopper.ended(purchase["id"])
        assert ended["status"] == "completed", ended
        assert asked(shopper, f"/services/{ended['serviceId']}/domain")["domainName"] == "launchpad.com"
        assert asked(shopper, "/purchases", idempotencyKey="deploy-domain-1")["purchase"]["id"] == purchase["id"]

    yield check
    for owned in asked(shopper, "/services")["services"]:
        response = shopper.post(
            f"/services/{owned['id']}/cancel", {"when": "now", "idempotencyKey": name("end")})
        assert response.status_code in (200, 202), response.text
        until(lambda id=owned["id"]: service(shopper, id)["status"] == "terminated", what="the end of the service")


def test_typescript_buys_a_domain(market, shopper, launchpad, tmp_path):
    tell = "\nconsole.log(JSON.stringify({ categories, items, quote, purchase }));\n"
    printed = json.loads(play(
        [node(), "buy.mjs"], example("buy.ts", market) + tell, tmp_path, AGENT_STORE_AGENT_API_KEY=shopper.key))
    assert {row["name"] for row in printed["categories"]["categories"]} >= {"domains", "api_tokens"}
    assert [item["id"] for item in printed["items"]["items"]] == [DOMAIN]
    launchpad(printed["quote"]["quote"], printed["purchase"]["purchase"])


def test_curl_buys_a_domain(market, shopper, launchpad, tmp_path):
    head, quote, purchase = example("buy.sh", market).replace("ask_live_xxxxx.yyyyy", shopper.key).split("\n\n")
    quoted = json.loads(play(["bash", "quote.sh"], f"{head}\n{quote}", tmp_path))["quote"]
    purchase = purchase.replace("<quote-id>", quoted["id"])
    launchpad(quoted, json.loads(play(["bash", "purchase.sh"], f"{head}\n{purchase}", tmp_path))["purchase"])


def test_python_buys_a_domain(market, shopper, launchpad, tmp_path):
    tell = "\nimport json\nprint(json.dumps([quote, purchase]))\n"
    quote, purchase = json.loads(play(
        [sys.executable, "buy.py"], example("buy.py", market) + tell, tmp_path,
        AGENT_STORE_AGENT_API_KEY=shopper.key))
    launchpad(quote["quote"], purchase["purchase"])


def test_the_openai_client_asks_the_router(market, shopper, tmp_path):
    printed = play(
        [sys.executable, "router.py"], example("router.py", market), tmp_path,
        AGENT_STORE_ROUTER_API_KEY=router_key(shopper))
    assert printed == "Summarize yesterday's deploy.\n"


def test_the_listed_endpoints_answer(market, shopper):
    ids = {}
    for kind, one in (("domain", bought(shopper, domain_wish())), ("server", bought(shopper, server()))):
        ids[kind] = one["id"]
    known = {":catalogItemId": MICRO, ":purchaseId": service(shopper, ids["server"])["purchaseId"]}
    listed = re.findall(r"(GET|POST) /v1/agent(\S+?)[,\s]", text_of("endpoints.txt"))
    assert len(listed) == 11
    for method, path in listed:
        for place, id in known.items():
            path = path.replace(place, id)
        path = path.replace(":serviceId", ids["domain"])
        response = shopper.call(method, path, json={} if method == "POST" else None)
        assert response.status_code == (400 if method == "POST" else 200), (path, response.text)
    for kind, id in ids.items():
        assert asked(shopper, f"/services/{id}/{kind}")


def domain_wish():
    return {"catalogItemId": DOMAIN, "quantity": 1,
            "configuration": LAUNCHPAD | {"domainName": f"{name('pad')}.com"}}


# The flows


def steps(flow):
    """The numbered steps of a flow: the words before the braces, and what stands in them."""
    for step in re.split(r"^\d+\. ", text_of(flow), flags=re.MULTILINE)[1:]:
        words, _, rest = step.strip().partition("{")
        yield words.strip(), "{" + rest if rest else "{}"


def inputs(text, known):
    """Braces as JSON, with what is named alone taken from what is known."""
    def named(place):
        return f"{place[1]}: {json.dumps(known[place[1]])}"

    text = re.sub(r"(?<=[{,\s])([A-Za-z]\w*)(?=\s*[,}])", named, text)
    return json.loads(re.sub(r'(?<!")\b([A-Za-z]\w*):', r'"\1":', text))


def walk(flow, shopper, **known):
    """Takes the steps that name one door; what they answer, by the tool's name."""
    known |= {"idempotencyKey": name("flow")}
    told = {}
    for words, text in steps(flow):
        tool = words.split(" / ")[0]
        if tool not in DOORS:
            continue
        method, path = DOORS[tool]
        body = inputs(text, known) if text != "{}" else {}
        if "serviceId" in path:
            body.pop("serviceId", None)
        if "catalogItemId}" in path:
            body.pop("catalogItemId", None)
        # A purchase of its own, for which the page names no key.
        headers = {"Idempotency-Key": name("flow")} if tool == "phone_balance_topup" else {}
        parts = {"params": body} if method == "GET" else {"json": body}
        response = shopper.call(method, path.format(**known), headers=headers, **parts)
        assert response.status_code in (200, 201), (tool, response.text)
        answer = told[tool] = response.json()
        if tool == "catalog_search":
            known["catalogItemId"] = answer["items"][0]["id"]
        if tool == "quote_create":
            known["quoteId"] = answer["quote"]["id"]
        if tool == "purchase_create":
            known["serviceId"] = shopper.ended(answer["purchase"]["id"])["serviceId"]
    return told, known


def test_the_router_flow(market, shopper):
    told, known = walk("router-flow.txt", shopper)
    assert told["catalog_search"]["items"][0]["id"] == "cat_router_credit_001"
    assert told["catalog_checkout_requirements"]["requiredFields"] == ["creditAmountUsd"]
    assert told["quote_create"]["quote"]["totalPriceMinor"] == 2500
    assert told["service_get"]["service"]["type"] == "llm_router"
    made = told["router_api_key_create"]
    assert made["key"] != shopper.key and made["routerKey"]["label"] == "production"


def test_the_phone_flow(shopper):
    told, known = walk("phone-flow.txt", shopper)
    assert told["quote_create"]["quote"]["configuration"]["locality"] == "new-york"
    assert shopper.ended(told["phone_balance_topup"]["purchase"]["id"])["totalPriceMinor"] == 1000
    assert told["phone_message_list"]["messages"] == [] and told["phone_missed_call_list"]["calls"] == []


def test_the_storage_flow(shopper):
    told, known = walk("storage-flow.txt", shopper)
    assert told["quote_create"]["quote"]["totalPriceMinor"] == 500
    base = f"/services/{known['serviceId']}/storage"
    assert managed(shopper, "POST", f"{base}/credentials")["secrets"]
    kept = managed(shopper, "POST", f"{base}/snapshots", {"label": "before"})["snapshotId"]
    managed(shopper, "POST", f"{base}/snapshots/{kept}/restore")


def test_the_purchase_flow(shopper):
    names = [words for words, _ in steps("purchase-flow.txt")]
    assert names[:6] == ["catalog_categories", "catalog_search", "catalog_checkout_requirements", "quote_create",
                         "purchase_create", "purchase_get_status"]
    assert asked(shopper, "/catalog/categories")["categories"]
    [item] = asked(shopper, "/catalog/items", category="domains", q="domain", limit=1)["items"]
    needs = asked(shopper, f"/catalog/items/{item['id']}/checkout")
    quoted = shopper.post("/quotes", needs["example"] | {"configuration": domain_wish()["configuration"]}).json()
    owned = bought(shopper, {"quoteId": quoted["quote"]["id"]})
    assert owned["id"] in {one["id"] for one in asked(shopper, "/services")["services"]}
    managed(shopper, "PUT", f"/services/{owned['id']}/domain/lock", {"locked": True})
    assert paid(shopper, f"/services/{owned['id']}/renew", periods=1)["totalPriceMinor"] == 1499
    assert router_key(shopper)


def test_every_example_file_is_played():
    played = set(re.findall(r'"([\w-]+\.(?:sh|py|ts|txt))"', Path(__file__).read_text()))
    assert {path.name for folder in TRANSCRIPTS for path in folder.iterdir()} - {"README.md"} <= played

"""What is sold, and what has to be said of it before it is bought."""

import jsonschema
import pytest

from goods import BUCKET, CREDITS, GPU, MICRO, PHONE, SMALL, VOLUME, asked, pages, refusal, wish
from shop import DOMAIN, Household

# As the pages of the store show them.
ITEMS = {
    CREDITS: ("llm-router-credit-balance", "LLM Router Credits", "api_tokens"),
    MICRO: ("vps-micro-monthly", "VPS Micro", "compute"),
    SMALL: ("vps-small-monthly", None, "compute"),
    GPU: ("vps-gpu-standard", None, "compute"),
    DOMAIN: ("domain-com-registration", ".com Domain Registration", "domains"),
    PHONE: ("phone-global-rental", "Global Phone Numbers", "telephony"),
    BUCKET: ("storage-object-starter", "Object Storage Starter", "storage"),
    VOLUME: ("storage-block-100", "Block Volume 100 GB", "storage"),
}
TYPES = {"api_tokens": "llm_router", "compute": "server", "domains": "domain", "telephony": "phone_number",
         "storage": "storage_service"}
REQUIRED = {
    "api_tokens": ["creditAmountUsd"], "compute": ["hostname", "region", "image", "billingTermMonths"],
    "domains": ["domainName", "periodYears"], "telephony": ["countryCode", "numberType", "capabilities"],
    "storage": ["region", "storageClass", "capacityGb"],
}
CAPABILITIES = {
    "api_tokens": {"router:api-key:create", "router:api-key:list", "router:usage:get"},
    "domains": {"domain:nameservers:set", "domain:dns-records:write"},
    "telephony": {"phone:balance:topup", "phone:messages:read", "phone:missed-calls:read"},
}
# With the configurations of the examples.
PRICES = [
    (wish(CREDITS, creditAmountUsd=25), 2500),
    (wish(MICRO, hostname="web-1", region="us-east", image="ubuntu-24.04", billingTermMonths=1), 2400),
    (wish(DOMAIN, domainName="launchpad-of-nobody.com", periodYears=1), 1499),
    (wish(PHONE, countryCode="US", numberType="local", capabilities=["sms", "voice"], initialBalanceUsd=10), 1250),
    (wish(BUCKET, region="us-east", storageClass="object", capacityGb=250), 500),
]


@pytest.fixture(scope="module")
def shopper(shared):
    return Household(shared).shopper()


def found(shopper, **query):
    return [item["id"] for item in asked(shopper, "/catalog/items", **query)["items"]]


def test_the_categories_are_those_that_the_store_names(shopper):
    categories = {row["name"]: row["itemCount"] for row in asked(shopper, "/catalog/categories")["categories"]}
    assert set(TYPES) <= set(categories)
    for category, count in categories.items():
        assert count == len(found(shopper, category=category, limit=50))


@pytest.mark.parametrize("id", ITEMS)
def test_an_item_is_as_the_store_shows_it(shopper, id):
    item = asked(shopper, f"/catalog/items/{id}")["item"]
    sku, title, category = ITEMS[id]
    assert (item["id"], item["sku"], item["category"], item["checkoutKind"]) == (id, sku, category, "custom")
    assert title in (item["name"], None)
    assert item in asked(shopper, "/catalog/items", category=category, limit=50)["items"]


@pytest.mark.parametrize("query, ids", [
    ({"category": "domains", "q": "ai", "limit": 5}, [DOMAIN]), ({"q": "AI", "category": "domains"}, [DOMAIN]),
    ({"category": "api_tokens", "q": "router credits", "limit": 1}, [CREDITS]),
    ({"category": "telephony", "q": "phone number", "limit": 3}, [PHONE]),
    ({"category": "storage", "q": "object"}, [BUCKET]), ({"q": "vps-micro-monthly"}, [MICRO]),
    ({"q": "VPS", "category": "compute"}, [MICRO, SMALL, GPU]), ({"category": "shoes"}, []),
    ({"q": "nobody sells this"}, [])])
def test_items_are_found_by_category_and_letters(shopper, query, ids):
    listed = found(shopper, **query)
    assert listed[:len(ids)] == ids or sorted(listed) == sorted(ids)
    assert ids or listed == []


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_of_items_are_together_all_of_them_once_and_in_one_order(shopper, limit):
    whole = found(shopper, limit=50)
    assert set(ITEMS) <= set(whole)
    assert [item["id"] for item in pages(shopper, "/catalog/items", "items", limit)] == whole


@pytest.mark.parametrize("query", [
    {"limit": 0}, {"limit": 51}, {"limit": -1}, {"limit": "many"}, {"limit": 1.5}, {"cursor": "garbage"},
    {"cursor": "eyJhIjoxfQ"}])
def test_a_page_that_cannot_be_is_refused(shopper, query):
    error = refusal(shopper.get("/catalog/items", params=query), 400)
    assert error["type"] == "invalid_request" and error["param"] == "$." + next(iter(query))


@pytest.mark.parametrize("id", ITEMS)
def test_the_checkout_says_what_an_item_needs(shopper, id):
    category = ITEMS[id][2]
    needs = asked(shopper, f"/catalog/items/{id}/checkout")
    assert (needs["catalogItemId"], needs["checkoutKind"]) == (id, "custom")
    assert needs["serviceType"] == TYPES[category]
    assert needs["requiredFields"] == REQUIRED[category]
    assert CAPABILITIES.get(category, set()) <= set(needs["managementCapabilities"])
    assert needs["refundPolicy"] and needs["provider"]["name"]
    assert needs["provider"]["reality"] == ("real" if id == CREDITS else "simulated")
    if category == "compute":
        assert {"ubuntu-24.04", "debian-12"} <= set(needs["supportedImages"])
        assert ("nvidia-ai-ubuntu" in needs["supportedImages"]) == (id == GPU)


@pytest.mark.parametrize("id", ITEMS)
def test_the_example_of_the_checkout_fits_its_schema_and_gets_a_price(shopper, id):
    needs = asked(shopper, f"/catalog/items/{id}/checkout")
    schema = needs["requestSchema"]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(needs["example"], schema, jsonschema.Draft202012Validator)
    response = shopper.post("/quotes", needs["example"])
    assert response.status_code == 201, response.text
    assert needs["example"]["configuration"].items() <= response.json()["quote"]["configuration"].items()
    for field in needs["requiredFields"]:
        short = {name: value for name, value in needs["example"]["configuration"].items() if name != field}
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(needs["example"] | {"configuration": short}, schema, jsonschema.Draft202012Validator)


def test_a_domain_may_be_bought_without_a_registrant(shopper):
    needs = asked(shopper, f"/catalog/items/{DOMAIN}/checkout")
    optional = {"registrantEmail", "registrantCountry", "autoRenew", "privacyProtection"}
    assert optional <= set(needs["requestSchema"]["properties"]["configuration"]["properties"])
    assert not optional & set(needs["requiredFields"])


@pytest.mark.parametrize("order, minor", PRICES)
def test_the_prices_are_those_of_the_examples(shopper, order, minor):
    quote = shopper.post("/quotes", order).json()["quote"]
    assert (quote["totalPriceMinor"], quote["currency"]) == (minor, "usd")


@pytest.mark.parametrize("path", ["", "/checkout"])
def test_an_item_that_is_not_there_is_not_found(shopper, path):
    refusal(shopper.get(f"/catalog/items/cat_nothing{path}"), 404, "not_found")


def test_an_item_that_is_not_sold_any_more_is_not_listed_nor_quoted_nor_bought(servers):
    house = Household(servers())
    shopper, owner = house.shopper(), house.operator()
    order = wish(BUCKET, region="us-east", storageClass="object", capacityGb=1)
    quote = shopper.post("/quotes", order).json()["quote"]
    assert owner.post(f"/catalog/{BUCKET}/disable", {}).status_code == 200
    assert BUCKET not in found(shopper, limit=50)
    refusal(shopper.post("/quotes", order), 409, "item_unavailable")
    refusal(shopper.order({"quoteId": quote["id"]}), 409, "item_unavailable")
    refusal(shopper.order(order), 409, "item_unavailable")
    assert owner.post(f"/catalog/{BUCKET}/enable", {}).status_code == 200
    assert shopper.order({"quoteId": quote["id"]}).status_code == 201


def test_a_price_that_was_changed_meanwhile_is_said(servers):
    house = Household(servers())
    shopper, owner = house.shopper(), house.operator()
    order = wish(BUCKET, region="us-east", storageClass="object", capacityGb=10)
    quote = shopper.post("/quotes", order).json()["quote"]
    [item] = [item for item in asked(owner, "/catalog")["items"] if item["id"] == BUCKET]
    fields = ("id", "sku", "name", "description", "category", "serviceType", "provider", "traits", "periodMonths",
              "managementCapabilities", "refundPolicy")
    dearer = {field: item[field] for field in fields if field in item} | {"priceMinor": 3}
    assert owner.post("/catalog", dearer).status_code == 201
    refusal(shopper.order({"quoteId": quote["id"]}), 409, "price_changed")
    assert shopper.wallet()["heldMinor"] == 0
    assert shopper.post("/quotes", order).json()["quote"]["totalPriceMinor"] == 30

"""An agent that shops, and the household that pays: what tests of the store stand on."""

import json
import uuid

import requests

from waiting import until

PATIENCE = 40
DOMAIN = "cat_domain_com"
STORAGE = "cat_storage_object_001"
TERMINAL = {"denied", "completed", "failed", "rejected", "expired", "canceled"}


def name(kind):
    return f"{kind}-{uuid.uuid4().hex[:10]}"


def domain(**more):
    """A wish for a domain that nobody else has."""
    configuration = {"domainName": f"{name('harbour')}.com", "periodYears": 1}
    return {"catalogItemId": DOMAIN, "quantity": 1, "configuration": configuration | more}


def storage(gigabytes=10):
    configuration = {"region": "eu-central", "storageClass": "object", "capacityGb": gigabytes}
    return {"catalogItemId": STORAGE, "quantity": 1, "configuration": configuration}


class Shopper:
    """A program with a key of the store: an agent's, or with another base an owner's."""

    def __init__(self, server, key, base="/v1/agent"):
        self.server, self.key, self.base = server, key, base

    def call(self, method, path, headers=None, **parts):
        headers = {"Authorization": f"Bearer {self.key}"} | (headers or {})
        return requests.request(
            method, f"{self.server.base}{self.base}{path}", headers=headers, timeout=PATIENCE,
            verify=self.server.ca, **parts)

    def get(self, path, **parts):
        return self.call("GET", path, **parts)

    def post(self, path, body, **parts):
        return self.call("POST", path, json=body, **parts)

    def order(self, wish, **more):
        """A purchase with a key of its own, whatever comes of it."""
        return self.post("/purchases", {"idempotencyKey": name("key")} | wish | more)

    def buy(self, wish, **more):
        """A purchase that was taken; as it was first answered."""
        response = self.order(wish, **more)
        assert response.status_code in (201, 202), response.text
        return response.json()["purchase"]

    def purchase(self, id):
        response = self.get(f"/purchases/{id}")
        assert response.status_code == 200, response.text
        return response.json()["purchase"]

    def ended(self, id, seconds=20):
        """A purchase once it stays as it is."""
        def end():
            purchase = self.purchase(id)
            return purchase if purchase["status"] in TERMINAL else None

        return until(end, seconds, f"the end of purchase {id}")

    def wallet(self):
        response = self.get("/wallet")
        assert response.status_code == 200, response.text
        return response.json()


class Household:
    """An account of its own with money, an agent and policies, ruled from the command line."""

    def __init__(self, server, dollars=100):
        self.server, self.account, self.agent = server, name("account"), name("agent")
        server.run("account", "add", self.account)
        if dollars:
            self.fund(dollars)

    def fund(self, dollars, *options):
        return self.server.run("account", "fund", self.account, dollars, "--reason", "for the test", *options)

    def shopper(self, *options, agent=None):
        """A new key for the agent."""
        self.made = self.server.run(
            "agent-key", "add", "--account", self.account, "--agent", agent or self.agent, *options)
        return Shopper(self.server, self.made["key"])

    def owner(self, account=None):
        made = self.server.run("owner-key", "add", "--account", account or self.account)
        return Shopper(self.server, made["key"], "/v1/account")

    def operator(self):
        """An owner of the server's first account, who rules its catalog."""
        return self.owner("main")

    def policy(self, document, subject=None, *options):
        """Sets a policy, of the account unless another subject is named."""
        file = self.server.folder / f"{name('policy')}.json"
        file.write_text(json.dumps(document))
        return self.server.run("policy", "set", subject or self.account, file, *options)

    @property
    def row(self):
        return next(row for row in self.server.run("account", "list") if row["name"] == self.account)

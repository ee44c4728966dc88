import os
import requests

api_base_url = "https://ag3n7.store/v1/agent"
api_key = os.environ["AGENT_STORE_AGENT_API_KEY"]
headers = {
"Authorization": f"Bearer {api_key}",
"Content-Type": "application/json",
}

quote_response = requests.post(
f"{api_base_url}/quotes",
headers=headers,
json={
"catalogItemId": "<catalog-item-uuid>",
"quantity": 1,
"configuration": {
"domainName": "launchpad.com",
"periodYears": 1,
"autoRenew": True,
"privacyProtection": True,
},
},
timeout=30,
)
quote_response.raise_for_status()
quote = quote_response.json()

purchase_response = requests.post(
f"{api_base_url}/purchases",
headers=headers,
json={
"quoteId": quote["quote"]["id"],
"idempotencyKey": "deploy-domain-1",
},
timeout=30,
)
purchase_response.raise_for_status()
purchase = purchase_response.json()

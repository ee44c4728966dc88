const apiKey = process.env.AGENT_STORE_AGENT_API_KEY;

const categories = await fetch('https://ag3n7.store/v1/agent/catalog/categories', {
headers: { Authorization: `Bearer ${apiKey}` },
}).then((res) => res.json());

const items = await fetch(
'https://ag3n7.store/v1/agent/catalog/items?category=domains&q=ai&limit=5',
{ headers: { Authorization: `Bearer ${apiKey}` } },
).then((res) => res.json());

const quote = await fetch('https://ag3n7.store/v1/agent/quotes', {
method: 'POST',
headers: {
Authorization: `Bearer ${apiKey}`,
'content-type': 'application/json',
},
body: JSON.stringify({
catalogItemId: '<catalog-item-uuid>',
quantity: 1,
configuration: {
domainName: 'launchpad.com',
periodYears: 1,
autoRenew: true,
privacyProtection: true,
},
}),
}).then((res) => res.json());

const purchase = await fetch('https://ag3n7.store/v1/agent/purchases', {
method: 'POST',
headers: {
Authorization: `Bearer ${apiKey}`,
'content-type': 'application/json',
},
body: JSON.stringify({
quoteId: quote.quote.id,
idempotencyKey: 'deploy-domain-1',
}),
}).then((res) => res.json());

API_BASE_URL="https://ag3n7.store/v1/agent"
API_KEY="ask_live_xxxxx.yyyyy"

curl -X POST "$API_BASE_URL/quotes" -H "Authorization: Bearer $API_KEY" -H "Content-Type: application/json" -d '{
"catalogItemId": "<catalog-item-uuid>",
"quantity": 1,
"configuration": {
"domainName": "launchpad.com",
"periodYears": 1,
"autoRenew": true,
"privacyProtection": true
}
}'

curl -X POST "$API_BASE_URL/purchases" -H "Authorization: Bearer $API_KEY" -H "Content-Type: application/json" -d '{
"quoteId": "<quote-id>",
"idempotencyKey": "deploy-domain-1"
}'

curl -X POST {{base_url}}/api/v1/auth/external-service-token \
-H "Content-Type: application/json" \
-d '{
 "client_id": "{{client_id}}",
 "client_secret": "{{client_secret}}"
}'

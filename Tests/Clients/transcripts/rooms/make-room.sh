curl -X POST "{{host}}/api/agent/my-agent/rooms" \
-H "X-API-KEY: {{api_key}}" \
-H "Content-Type: application/json" \
-d '{"user_ids": [1]}'

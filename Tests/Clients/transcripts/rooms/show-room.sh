curl -X GET "{{host}}/api/agent/my-agent/rooms/{{room}}" \
-H "X-API-KEY: {{api_key}}"

curl -X GET "{{host}}/api/agent/my-agent/{{request}}/status" \
-H "X-API-KEY: {{api_key}}"

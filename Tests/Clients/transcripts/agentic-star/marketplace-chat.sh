curl -X POST {{base_url}}/api/v1/chat/completions \
-H "Authorization: Bearer {{access_token}}" \
-H "Content-Type: application/json" \
-d '{
 "model": "AGENTIC STAR",
 "stream": true,
 "agentId": "{{agent_id}}",
 "messages": [
 {
 "role": "user",
 "content": "Hello"
 }
 ]
}'

curl -X POST "{{agent-app-url}}/v1/agent/{{agentId}}/chat" \
-H "Authorization: Bearer <YOUR_TOKEN>" \
-H "Content-Type: application/json" \
-d '{
"streaming": true,
"user-prompt": "What is an API?",
"stackspot_knowledge": "true",
"return_ks_in_response": false
"use_conversation": true
}'

curl -X POST {{base_url}}/v1/chat/completions \
-H "Authorization: Bearer {{access_token}}" \
-H "Content-Type: application/json" \
-d '{
"model": "AGENTIC STAR",
"stream": true,
"messages": [
{
"role": "user",
"content": "こんにちは"
}
]
}'

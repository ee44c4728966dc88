curl -X POST "{{host}}/api/agent/my-agent/async" \
-H "X-API-KEY: {{api_key}}" \
-F 'params_json={"input_message": "Hello", "chat_room_id": "{{room}}"}' \
-F 'debug=false'

curl -X POST "{{host}}/api/agent/my-agent/async" \
-H "X-API-KEY: {{api_key}}" \
-F 'params_json={"input_message": "Analyze this image"}' \
-F 'callback_url={{callback}}/webhook' -F 'files=@{{image}}'

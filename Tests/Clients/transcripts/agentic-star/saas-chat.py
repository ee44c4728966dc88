import requests
import json
response = requests.post(
    "{{base_url}}/v1/chat/completions",
    headers={
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
    },
    json={
        "model": "AGENTIC STAR",
        "stream": True,
        "messages": [{"role": "user", "content": "こんにちは"}],
    },
    stream=True,
)
for line in response.iter_lines():
    if line:
        data = line.decode("utf-8")
        if data == "data: [DONE]":
            break
        if data.startswith("data: "):
            chunk = json.loads(data[6:])
            content = chunk["choices"][0]["delta"].get("content", "")
            print(content, end="", flush=True)

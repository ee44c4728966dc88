from openai import OpenAI
import os

client = OpenAI(
api_key=os.environ["AGENT_STORE_ROUTER_API_KEY"],
base_url="https://ag3n7.store/openai/v1",
)

response = client.chat.completions.create(
model="claude-sonnet-4",
messages=[
{"role": "system", "content": "Be concise."},
{"role": "user", "content": "Summarize yesterday's deploy."},
],
)

print(response.choices[0].message.content)

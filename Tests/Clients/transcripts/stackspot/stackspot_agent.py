import requests
import json
url = "https://genai-inference-app.stackspot.com/v1/agent/{{Agent-ID}}/chat"
payload = json.dumps({
"streaming": True,
"user_prompt": "how do I create an app using stk cli?",
"stackspot_knowledge": True,
"return_ks_in_response": False
})
headers = {
'Content-Type': 'application/json',
'Authorization': 'Bearer {{your_token}}'
}
response = requests.request("POST", url, headers=headers, data=payload)
print(response.text)

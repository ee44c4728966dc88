import requests
response = requests.post(
    "{{base_url}}/federation/auth/v1/token",
    data={
        "grant_type": "client_credentials",
        "client_id": "{{client_id}}",
        "client_secret": "{{client_secret}}",
    },
)
token = response.json()["access_token"]
print(token)

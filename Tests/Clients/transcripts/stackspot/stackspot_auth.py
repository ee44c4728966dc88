import requests
url = "https://idm.stackspot.com/{{your_account_realm}}/oidc/oauth/token"
payload = 'client_id={{client_id}}&grant_type=client_credentials&client_secret={{client_secret}}'
headers = {
'Content-Type': 'application/x-www-form-urlencoded',
'Key': 'Authorization',
'Value': 'Bearer your_token'
}
response = requests.request("POST", url, headers=headers, data=payload)
print(response.text)

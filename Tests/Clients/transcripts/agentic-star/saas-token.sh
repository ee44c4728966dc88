curl -X POST {{base_url}}/federation/auth/v1/token \
-H "Content-Type: application/x-www-form-urlencoded" \
-d "grant_type=client_credentials" \
-d "client_id={{client_id}}" \
-d "client_secret={{client_secret}}"

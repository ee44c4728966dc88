const response = await fetch(
  "{{base_url}}/federation/auth/v1/token",
  {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: "{{client_id}}",
      client_secret: "{{client_secret}}",
    }),
  }
);
const { access_token } = await response.json();
console.log(access_token);

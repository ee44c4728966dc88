package main
import (
	"fmt"
	"net/http"
	"net/url"
	"encoding/json"
)
func main() {
	resp, _ := http.PostForm(
		"{{base_url}}/federation/auth/v1/token",
		url.Values{
			"grant_type": {"client_credentials"},
			"client_id": {"{{client_id}}"},
			"client_secret": {"{{client_secret}}"},
		},
	)
	defer resp.Body.Close()
	var result map[string]interface{}
	json.NewDecoder(resp.Body).Decode(&result)
	fmt.Println(result["access_token"])
}

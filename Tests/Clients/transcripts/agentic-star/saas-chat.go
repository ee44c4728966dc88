package main
import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)
func main() {
	body, _ := json.Marshal(map[string]interface{}{
		"model": "AGENTIC STAR",
		"stream": true,
		"messages": []map[string]string{
			{"role": "user", "content": "こんにちは"},
		},
	})
	req, _ := http.NewRequest("POST",
		"{{base_url}}/v1/chat/completions",
		bytes.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, _ := http.DefaultClient.Do(req)
	defer resp.Body.Close()
	scanner := bufio.NewScanner(resp.Body)
	for scanner.Scan() {
		line := scanner.Text()
		if strings.HasPrefix(line, "data: ") {
			data := line[6:]
			if data == "[DONE]" { break }
			var chunk map[string]interface{}
			json.Unmarshal([]byte(data), &chunk)
			fmt.Print(chunk["choices"])
		}
	}
}

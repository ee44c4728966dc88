const formData = new FormData();
formData.append('params_json', JSON.stringify({
input_message: 'Hello',
chat_room_id: '{{room}}'
}));
formData.append('debug', 'false');
const response = await fetch(`{{host}}/api/agent/my-agent/sse`, {
method: 'POST',
headers: { 'X-API-KEY': '{{api_key}}' },
body: formData
});
const reader = response.body.getReader();
const decoder = new TextDecoder();
while (true) {
const { done, value } = await reader.read();
if (done) break;
const text = decoder.decode(value);
const event = JSON.parse(text.trim());
console.log('Node:', event.ability_node_name, 'Result:', event.results);
}

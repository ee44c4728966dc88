"""How the scripted model's steps look on the wire: chat completions and messages."""

import json

from model_script import Fault, Finish, Raw, Text, Tool


def data(value, event=None):
    """One server-sent event."""
    name = f"event: {event}\n" if event else ""
    return f"{name}data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def halves(text):
    """A text cut in two."""
    return text[:len(text) // 2], text[len(text) // 2:]


def usage_of(call, deltas):
    """Made-up but predictable token counts: messages read, deltas written."""
    return len(call.messages), deltas


class ChatCompletions:
    """The format of `POST /v1/chat/completions`."""

    def __init__(self, call):
        self.call = call
        self.deltas = 0

    def chunk(self, delta, reason=None):
        return {
            "id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": 1700000000,
            "model": self.call.model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
        }

    def opening(self):
        return data(self.chunk({"role": "assistant", "content": ""}))

    def render(self, step):
        """The bytes of one step."""
        if isinstance(step, Text):
            self.deltas += 1
            return data(self.chunk({"content": step.text}))
        if isinstance(step, Tool):
            return self.tool(step)
        if isinstance(step, Raw):
            return step.data
        if isinstance(step, Fault):
            return data({"error": {"message": step.message, "type": "server_error", "code": None}})
        if isinstance(step, Finish):
            return self.ending(step)
        return b""

    def tool(self, step):
        parts = halves(step.arguments)
        first = {"index": 0, "id": "call_1", "type": "function", "function": {"name": step.name, "arguments": ""}}
        pieces = [{"index": 0, "function": {"arguments": part}} for part in parts]
        return b"".join(data(self.chunk({"tool_calls": [piece]})) for piece in [first, *pieces])

    def ending(self, step):
        out = data(self.chunk({}, step.reason))
        if (self.call.body.get("stream_options") or {}).get("include_usage"):
            out += data({**self.chunk({}), "choices": [], "usage": self.usage()})
        return out + b"data: [DONE]\n\n"

    def usage(self):
        read, written = usage_of(self.call, self.deltas)
        return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}

    def whole(self, steps):
        """The answer without a stream."""
        text = "".join(step.text for step in steps if isinstance(step, Text))
        calls = [step for step in steps if isinstance(step, Tool)]
        self.deltas = sum(isinstance(step, Text) for step in steps)
        message = {"role": "assistant", "content": text or None}
        if calls:
            message["tool_calls"] = [
                {"id": "call_1", "type": "function", "function": {"name": tool.name, "arguments": tool.arguments}}
                for tool in calls]
        reason = next((step.reason for step in steps if isinstance(step, Finish)), "stop")
        return {
            "id": "chatcmpl-scripted", "object": "chat.completion", "created": 1700000000, "model": self.call.model,
            "choices": [{"index": 0, "message": message, "finish_reason": reason}], "usage": self.usage(),
        }

    @staticmethod
    def error(status, message):
        kind = "server_error" if status >= 500 else "invalid_request_error"
        return {"error": {"message": message, "type": kind, "param": None, "code": None}}


STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "content_filter": "refusal"}


class Messages:
    """The format of `POST /v1/messages`."""

    def __init__(self, call):
        self.call = call
        self.deltas = 0
        self.block = -1
        self.kind = None

    def opening(self):
        read, _ = usage_of(self.call, 0)
        message = {
            "id": "msg_scripted", "type": "message", "role": "assistant", "model": self.call.model, "content": [],
            "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": read, "output_tokens": 1},
        }
        return data({"type": "message_start", "message": message}, "message_start") + data({"type": "ping"}, "ping")

    def render(self, step):
        """The bytes of one step."""
        if isinstance(step, Text):
            self.deltas += 1
            opening = self.open_block({"type": "text", "text": ""})
            return opening + self.delta({"type": "text_delta", "text": step.text})
        if isinstance(step, Tool):
            return self.tool(step)
        if isinstance(step, Raw):
            return step.data
        if isinstance(step, Fault):
            return data({"type": "error", "error": {"type": "overloaded_error", "message": step.message}}, "error")
        if isinstance(step, Finish):
            return self.ending(step)
        return b""

    def open_block(self, content):
        if self.kind == content["type"]:
            return b""
        out = self.close_block()
        self.block, self.kind = self.block + 1, content["type"]
        start = {"type": "content_block_start", "index": self.block, "content_block": content}
        return out + data(start, "content_block_start")

    def close_block(self):
        if self.kind is None:
            return b""
        self.kind = None
        return data({"type": "content_block_stop", "index": self.block}, "content_block_stop")

    def delta(self, delta):
        return data({"type": "content_block_delta", "index": self.block, "delta": delta}, "content_block_delta")

    def tool(self, step):
        out = self.open_block({"type": "tool_use", "id": "toolu_1", "name": step.name, "input": {}})
        for part in ("", *halves(step.arguments)):
            out += self.delta({"type": "input_json_delta", "partial_json": part})
        return out

    def ending(self, step):
        delta = {"stop_reason": STOP_REASONS[step.reason], "stop_sequence": None}
        change = {"type": "message_delta", "delta": delta, "usage": {"output_tokens": self.deltas}}
        return self.close_block() + data(change, "message_delta") + data({"type": "message_stop"}, "message_stop")

    def whole(self, steps):
        """The answer without a stream."""
        text = "".join(step.text for step in steps if isinstance(step, Text))
        content = [{"type": "text", "text": text}] if text else []
        content += [
            {"type": "tool_use", "id": "toolu_1", "name": step.name, "input": json.loads(step.arguments)}
            for step in steps if isinstance(step, Tool)]
        reason = next((step.reason for step in steps if isinstance(step, Finish)), "stop")
        read, written = usage_of(self.call, sum(isinstance(step, Text) for step in steps))
        return {
            "id": "msg_scripted", "type": "message", "role": "assistant", "model": self.call.model, "content": content,
            "stop_reason": STOP_REASONS[reason], "stop_sequence": None,
            "usage": {"input_tokens": read, "output_tokens": written},
        }

    @staticmethod
    def error(status, message):
        kinds = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error", 529: "overloaded_error"}
        kind = kinds.get(status, "api_error" if status >= 500 else "invalid_request_error")
        return {"type": "error", "error": {"type": kind, "message": message}}


WIRES = {"/v1/chat/completions": ChatCompletions, "/v1/messages": Messages}

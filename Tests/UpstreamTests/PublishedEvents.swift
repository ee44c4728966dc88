/// Events in the order and shape that the Messages API's streaming page publishes.
enum PublishedEvents {
    static func event(_ type: String, _ members: String = "") -> String {
        "event: \(type)\ndata: {\"type\":\"\(type)\"\(members.isEmpty ? "" : ",")\(members)}\n\n"
    }

    static let start = event(
        "message_start",
        """
        "message":{"id":"msg_1nZdL29xx5MUA1yADyHTEsnR8uuvGzszyS","type":"message","role":"assistant","content":[],\
        "model":"claude-opus-4-1-20250805","stop_reason":null,"stop_sequence":null,\
        "usage":{"input_tokens":25,"output_tokens":1}}
        """)
    static let ping = event("ping")
    static let textStart = blockStart(0, #"{"type":"text","text":""}"#)
    static let stop = event("message_stop")
    static let overloaded = event("error", #""error":{"type":"overloaded_error","message":"Overloaded"}"#)

    static func blockStart(_ index: Int, _ block: String) -> String {
        event("content_block_start", "\"index\":\(index),\"content_block\":\(block)")
    }

    static func blockDelta(_ index: Int, _ delta: String) -> String {
        event("content_block_delta", "\"index\":\(index),\"delta\":\(delta)")
    }

    static func blockStop(_ index: Int) -> String {
        event("content_block_stop", "\"index\":\(index)")
    }

    static func text(_ text: String) -> String {
        blockDelta(0, #"{"type":"text_delta","text":"\#(text)"}"#)
    }

    static func json(_ fragment: String) -> String {
        blockDelta(1, #"{"type":"input_json_delta","partial_json":"\#(fragment)"}"#)
    }

    static func messageDelta(_ reason: String, output: Int) -> String {
        event(
            "message_delta",
            """
            "delta":{"stop_reason":"\(reason)","stop_sequence":null},"usage":{"output_tokens":\(output)}
            """)
    }

    static let hello =
        start + textStart + ping + text("Hello") + text("!") + blockStop(0)
        + messageDelta("end_turn", output: 15) + stop

    static let weather =
        start + textStart + ping + text("Okay, let's check the weather") + blockStop(0)
        + blockStart(1, #"{"type":"tool_use","id":"toolu_01T1x1fJ34qAmk2tNTrN7Up6","name":"get_weather","input":{}}"#)
        + json("") + json(#"{\"location\":"#) + json(#" \"San Francisco, CA\"}"#) + blockStop(1)
        + messageDelta("tool_use", output: 89) + stop

    static let thinking =
        start + blockStart(0, #"{"type":"thinking","thinking":""}"#)
        + blockDelta(0, #"{"type":"thinking_delta","thinking":"Hm."}"#)
        + blockDelta(0, #"{"type":"signature_delta","signature":"EqQB"}"#) + event("something_new") + text("27")
        + blockStop(0) + messageDelta("max_tokens", output: 3) + stop
}

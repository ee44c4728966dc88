extension Messages {
    /// What one message says, in content blocks. The API takes no empty text, and no part it does not know.
    static func blocks(_ message: ChatCompletions.Message) -> [JSON] {
        let content = message.content.compactMap(block)
        switch message.role {
        case .tool:
            return [
                [
                    "type": "tool_result", "tool_use_id": .string(message.toolCallID ?? ""),
                    "content": .array(content),
                ]
            ]
        case .assistant: return content + message.toolCalls.compactMap(toolUse)
        default: return content
        }
    }

    private static func block(_ part: ChatCompletions.Part) -> JSON? {
        switch part {
        case .text(let text): text.isEmpty ? nil : ["type": "text", "text": .string(text)]
        case .imageURL(let url): ["type": "image", "source": source(url)]
        case .other: nil
        }
    }

    /// A `data:` URL carries the picture itself, anything else its address.
    private static func source(_ url: String) -> JSON {
        let mark = ";base64,"
        guard url.prefix(5).lowercased() == "data:", let comma = url.firstIndex(of: ","),
            url[...comma].lowercased().hasSuffix(mark)
        else { return ["type": "url", "url": .string(url)] }
        let head = url[url.index(url.startIndex, offsetBy: 5)...comma].dropLast(mark.count)
        let type = head.prefix { $0 != ";" }
        return [
            "type": "base64", "media_type": .string(type.lowercased()),
            "data": .string(String(url[url.index(after: comma)...])),
        ]
    }

    private static func toolUse(_ call: JSON) -> JSON? {
        guard let function = call["function"], let name = function["name"] else { return nil }
        let arguments = function["arguments"]?.string.flatMap { try? JSON.parse($0) }
        return [
            "type": "tool_use", "id": call["id"] ?? "", "name": name,
            "input": arguments?.object.map(JSON.object) ?? .object(JSON.Object()),
        ]
    }
}

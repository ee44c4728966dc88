import Foundation

/// What every run's row holds, as JSON that is written by hand: a coder takes longer for it than the rest of a turn's
/// statements together. It is read by the coder, as ever.
extension Question {
    package func stored() throws -> String {
        var text = StoredJSON()
        guard text.write(messages: messages) else { return try storedJSON() }
        text.member("temperature", temperature.map { "\($0)" })
        text.member("maxOutputTokens", maxOutputTokens.map { "\($0)" })
        if !stop.isEmpty { text.member("stop", "[" + stop.map(StoredJSON.quoted).joined(separator: ",") + "]") }
        text.member("user", user.map(StoredJSON.quoted))
        if !metadata.isEmpty {
            let members = metadata.map { StoredJSON.quoted($0.key) + ":" + StoredJSON.quoted($0.value) }
            text.member("metadata", "{" + members.joined(separator: ",") + "}")
        }
        if !asAgent { text.member("asAgent", "false") }
        if highPerformance { text.member("highPerformance", "true") }
        if includesUsage { text.member("includesUsage", "true") }
        text.member("modelName", modelName.map(StoredJSON.quoted))
        text.member("client", client.map(StoredJSON.quoted))
        text.member("knowledge", knowledge.map { "[" + $0.map(StoredJSON.quoted).joined(separator: ",") + "]" })
        text.member("searchesDeep", searchesDeep.map { "\($0)" })
        text.member("tag", tag.map(StoredJSON.quoted))
        text.member("model", model.map(StoredJSON.quoted))
        return text.whole
    }
}

extension Encodable {
    /// As a column holds it; U+0000 is written as an escape, so that a column of any store can.
    package func storedJSON() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension Usage {
    package var stored: String {
        var text = "{\"inputTokens\":\(inputTokens),\"outputTokens\":\(outputTokens),\"estimated\":\(estimated)"
        if let knowledgeTokens { text += ",\"knowledgeTokens\":\(knowledgeTokens)" }
        if let cachedTokens { text += ",\"cachedTokens\":\(cachedTokens)" }
        if let reasoningTokens { text += ",\"reasoningTokens\":\(reasoningTokens)" }
        return text + "}"
    }
}

/// A JSON object on its way to text.
private struct StoredJSON {
    private var text = "{"

    var whole: String { text + "}" }

    /// - Parameter value: JSON, or nil to leave the member out.
    mutating func member(_ name: String, _ value: String?) {
        guard let value else { return }
        text += ",\"\(name)\":" + value
    }

    /// - Returns: false for messages with more than text in them.
    mutating func write(messages: [Message]) -> Bool {
        text += "\"messages\":["
        for (place, message) in messages.enumerated() {
            text += (place == 0 ? "" : ",") + "{\"role\":\"\(message.role.rawValue)\",\"parts\":["
            for (place, part) in message.parts.enumerated() {
                guard case .text(let words) = part else { return false }
                text += (place == 0 ? "" : ",") + "{\"text\":{\"_0\":" + Self.quoted(words) + "}}"
            }
            text += "]}"
        }
        text += "]"
        return true
    }

    static func quoted(_ words: String) -> String {
        var words = words
        return words.withUTF8 { bytes in
            let plain = bytes.allSatisfy { $0 >= 32 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
            var quoted: [UInt8] = [UInt8(ascii: "\"")]
            quoted.reserveCapacity(bytes.count + 2)
            if plain { quoted += bytes } else { for byte in bytes { append(byte, to: &quoted) } }
            quoted.append(UInt8(ascii: "\""))
            return String(decoding: quoted, as: UTF8.self)
        }
    }

    private static func append(_ byte: UInt8, to quoted: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): quoted += [UInt8(ascii: "\\"), byte]
        case 0..<32:
            let digits = Array("0123456789abcdef".utf8)
            quoted += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        default: quoted.append(byte)
        }
    }
}

import Foundation
import NIOCore
import Testing
import Wire

/// Mutated texts go through the parser, the writer, the chunk scanner and Foundation's parser, and all must agree.
@Suite struct JSONFuzzTests {
    private static let mutator = Mutator(
        seeds: [
            #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"#
                + #""delta":{"content":"Hel\n\u00e9"},"finish_reason":null}]}"#,
            #"{"choices":[{"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"a","#
                + #""function":{"name":"f","arguments":"{\"a\":"}}]}}],"usage":null}"#,
            #"{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":34,"total_tokens":46}}"#,
            #"{"error":{"message":"no","type":"server_error","param":null,"code":"x"}}"#,
            #"{"choices":[{"finish_reason":"stop","delta":{}},{"delta":{"content":"other"}}],"model":"é😀"}"#,
            #"[0,-0,1,-1,1.5,-2.5e10,1E-7,9223372036854775807,-9223372036854775808,1e308]"#,
            #"{"a":{"b":{"c":[true,false,null,"\ud83d\ude00\"\\\/\b\f\n\r\t"]}},"a":[[],{}," "]}"#,
            "\"日本語 и кириллица 😀 \u{2028}\"", "  { } ", "null", "12", "\"\"",
        ],
        tokens: [
            "{", "}", "[", "]", "\"", ":", ",", "\\", "\\u", "\\ud83d", "\\ude00", "\\u0063ontent", "e", "E", "+",
            "-",
            ".", "0", "9", "1e400", "1e-400", "true", "null", " ", "\n", "\u{0}", "é", "\"content\":",
            "\"choices\":[",
            "\"delta\":{", "\"usage\":", "\"error\":", "\"finish_reason\":\"\"", "\"model\":1,", "[[[[",
            "{\"a\":{\"b\":",
            String(repeating: "[", count: 130), "12345678901234567890",
        ],
        bytes: [[0xC3], [0xED, 0xA0, 0x80], [0xFF], [0xEF, 0xBB, 0xBF], [0x80], [0xF0, 0x9F]])

    @Test(arguments: 0..<4) func `200,000 mutated texts in four parts are read alike by everyone`(part: Int) {
        var random = Seeded("JSON fuzz", part: part)
        var accepted = 0
        for _ in 0..<50_000 {
            let bytes = Self.mutator.mutant(&random)
            let json = Result { () throws(JSON.Fault) in try JSON.parse(bytes) }
            if case .success(let value) = json {
                accepted += 1
                checkRoundTrip(value, bytes)
            }
            checkMembers(bytes, json)
            checkChunk(bytes, json)
            checkFoundation(bytes, json)
        }
        #expect(accepted > 5_000, "the mutations leave too little alive to test anything")
    }

    private func checkRoundTrip(_ value: JSON, _ bytes: [UInt8]) {
        let text = value.render()
        let again = try? JSON.parse(text)
        if again != value || again?.render() != text { Issue.record("does not come back: \(show(bytes))") }
    }

    private func checkMembers(_ bytes: [UInt8], _ json: Result<JSON, JSON.Fault>) {
        let members = try? JSON.parseMembers(ByteBuffer(bytes: bytes))
        let folded = members.map { members in
            members.reduce(into: JSON.Object()) { object, member in object[member.key] = member.value }
        }
        let object = (try? json.get())?.object
        if folded != object || folded?.keys != object?.keys { Issue.record("other members: \(show(bytes))") }
    }

    private func checkChunk(_ bytes: [UInt8], _ json: Result<JSON, JSON.Fault>) {
        let chunk = Result { () throws(JSON.Fault) in try ChatCompletions.Chunk.parse(ByteBuffer(bytes: bytes)) }
        switch (json, chunk) {
        case (.success(let json), .success(let chunk)):
            if chunk != ChatCompletions.Chunk(tree: json) { Issue.record("read differently: \(show(bytes))") }
        case (.success(let json), .failure(let fault)):
            if json.object != nil || fault.problem != "not an object" {
                Issue.record("refused as \(fault): \(show(bytes))")
            }
        case (.failure, .success): Issue.record("accepted: \(show(bytes))")
        case (.failure(let one), .failure(let other)):
            if one != other { Issue.record("\(one), but the scanner \(other): \(show(bytes))") }
        }
    }

    private func checkFoundation(_ bytes: [UInt8], _ json: Result<JSON, JSON.Fault>) {
        guard !Self.differsByDesign(bytes, json) else { return }
        let theirs = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
        let ours = (try? json.get()) != nil
        if ours != theirs { Issue.record("ours \(ours), theirs \(theirs): \(show(bytes))") }
    }

    /// Foundation guesses UTF-16 and UTF-32 from marks and NULs, allows a mark and a comma after the last element, and
    /// nests deeper.
    private static func differsByDesign(_ bytes: [UInt8], _ json: Result<JSON, JSON.Fault>) -> Bool {
        if bytes.prefix(4).contains(0) || bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return true }
        guard case .failure(let fault) = json else { return false }
        if fault.offset < bytes.count, "]}".utf8.contains(bytes[fault.offset]) {
            return bytes[..<fault.offset].last { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: ",")
        }
        return fault.problem.hasPrefix("more than 128")
    }

    private func show(_ bytes: [UInt8]) -> String {
        "\(String(decoding: bytes, as: UTF8.self).debugDescription) \(bytes)"
    }
}

extension ChatCompletions.Chunk {
    /// What the scanner must find, said by way of the tree.
    init(tree json: JSON) {
        self.init()
        let choice = json["choices"]?.array?.first
        let delta = choice?["delta"]
        model = json["model"]?.string
        content = delta?["content"]?.string
        refusal = delta?["refusal"]?.string
        toolCalls = delta?["tool_calls"]?.array ?? []
        finishReason = choice?["finish_reason"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        usage = json["usage"].flatMap(ChatCompletions.Usage.init)
        failure = json["error"].flatMap(ChatCompletions.Failure.init)
    }
}

import Domain
import NIOCore
import NIOHTTP1
import Wire

/// How a server of the Messages API is asked.
struct MessagesFormat: AskingFormat {
    private static let version = "2023-06-01"

    func questionURL(_ base: String) -> String {
        versioned(base) + "/messages"
    }

    func modelsURL(_ base: String) -> String {
        versioned(base) + "/models"
    }

    func headers(_ key: UpstreamKey?) -> HTTPHeaders {
        var headers: HTTPHeaders = ["anthropic-version": Self.version]
        if let key { headers.add(name: "x-api-key", value: key.secret) }
        return headers
    }

    func body(_ prompt: Prompt, streams: Bool, quirks: Quirks) -> ByteBuffer {
        var buffer = ByteBuffer()
        Messages.render(prompt.request(streams: streams)).render(into: &buffer)
        return buffer
    }

    func strange(in passed: JSON.Object) -> [String] {
        let names = ["functions", "function_call", "logprobs", "top_logprobs", "logit_bias", "prediction"]
        var strange = names.filter { name in passed[name].map { !$0.isNull && $0 != false } ?? false }
        if let count = passed["n"], !count.isNull, count != 1 { strange.append("n") }
        if let format = passed["response_format"]?["type"], format != "text" { strange.append("response_format") }
        return strange
    }

    func lesson(_ body: String) -> Quirks {
        []
    }

    func reader() -> any AnswerReader {
        MessagesReader()
    }

    /// The URL is given without the version; one that has it is fine too.
    private func versioned(_ base: String) -> String {
        base.hasSuffix("/v1") ? base : base + "/v1"
    }
}

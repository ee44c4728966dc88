import Foundation

/// What is asked: new messages, and how to answer them.
package struct Question: Sendable, Equatable, Codable {
    package var messages: [Message]
    package var temperature: Double?
    package var maxOutputTokens: Int?
    package var stop: [String] = []
    /// The end user, as the client names them; passed to the model's server.
    package var user: String?
    package var metadata: [String: String] = [:]
    /// False: the model without the agent's instructions and without earlier turns.
    package var asAgent = true
    package var highPerformance = false
    /// Whether the client wants the count of tokens in its stream.
    package var includesUsage = false
    /// The model's name as the client sent it, so that it comes back letter by letter.
    package var modelName: String?
    /// The address that the question came from, where its dialect tells it.
    package var client: String?
    /// Knowledge sources to answer from besides the agent's own, by their slugs; nil for none.
    package var knowledge: [String]?
    /// True to look at more passages, and give the model more of them.
    package var searchesDeep: Bool?
    /// What the client calls the request, where its dialect lets it; no model is told.
    package var tag: String?
    /// One of the agent's models, to be asked before the others.
    package var model: String?
    /// The request itself, where it goes to the model's server as it came; then there are no messages. Never stored:
    /// whoever asks waits for the answer.
    package var passthrough: Passthrough?

    package init(messages: [Message]) {
        self.messages = messages
    }
}

/// A request that goes to a model's server as it came: with its tools, its images, and whatever else it says.
package struct Passthrough: Sendable, Equatable, Codable {
    /// What is asked for.
    package enum Door: String, Sendable, Codable {
        case answer, embeddings
    }

    /// A request for chat completions or for embeddings in JSON. Its model, its limit of tokens and whether it streams
    /// are said elsewhere.
    package var json: String
    package var door: Door
    /// UTF-8 bytes of the prompt in it, for estimates.
    package var promptBytes: Int

    package init(json: String, promptBytes: Int, door: Door = .answer) {
        self.json = json
        self.door = door
        self.promptBytes = promptBytes
    }
}

extension Question {
    /// Of its texts and addresses in UTF-8.
    package var bytes: Int { messages.reduce(0) { $0 + $1.bytes } }

    /// The same bytes for the same question, whatever the order in which it was told.
    package var canonical: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return Array(try encoder.encode(self))
        }
    }
}

extension Question {
    /// What a version wrote that did not know all of the fields yet.
    package init(from decoder: any Decoder) throws {
        let stored = try decoder.container(keyedBy: CodingKeys.self)
        self.init(messages: try stored.decode([Message].self, forKey: .messages))
        temperature = try stored.decodeIfPresent(Double.self, forKey: .temperature)
        maxOutputTokens = try stored.decodeIfPresent(Int.self, forKey: .maxOutputTokens)
        stop = try stored.decodeIfPresent([String].self, forKey: .stop) ?? stop
        user = try stored.decodeIfPresent(String.self, forKey: .user)
        metadata = try stored.decodeIfPresent([String: String].self, forKey: .metadata) ?? metadata
        asAgent = try stored.decodeIfPresent(Bool.self, forKey: .asAgent) ?? asAgent
        highPerformance = try stored.decodeIfPresent(Bool.self, forKey: .highPerformance) ?? highPerformance
        includesUsage = try stored.decodeIfPresent(Bool.self, forKey: .includesUsage) ?? includesUsage
        modelName = try stored.decodeIfPresent(String.self, forKey: .modelName)
        client = try stored.decodeIfPresent(String.self, forKey: .client)
        knowledge = try stored.decodeIfPresent([String].self, forKey: .knowledge)
        searchesDeep = try stored.decodeIfPresent(Bool.self, forKey: .searchesDeep)
        tag = try stored.decodeIfPresent(String.self, forKey: .tag)
        model = try stored.decodeIfPresent(String.self, forKey: .model)
        passthrough = try stored.decodeIfPresent(Passthrough.self, forKey: .passthrough)
    }
}

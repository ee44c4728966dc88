import ArgumentParser
import Domain
import Foundation

extension Agent.Leaving: ExpressibleByArgument {}

/// What can be said of an agent, when it is added and later.
struct AgentOptions: ParsableArguments {
    @Option(help: "What people call it; the code, if nothing is said.") var name: String?
    @Option(help: "Where its answers come from.") var upstream: String?
    @Option(help: "The upstream's model.") var model: String?
    @Option(help: .init("The model for requests of the level high_performance.", valueName: "model"))
    var highPerformanceModel: String?
    @Option(
        help: .init(
            "Tried where the one before gave no first token; may stand several times.", valueName: "upstream=model"))
    var fallback: [String] = []
    @Option(help: .init("What the model is told first; @FILE reads a file.", valueName: "text|@file"))
    var instructions: String?
    @Option(help: "0 to 2.") var temperature: Double?
    @Option(help: .init("The longest answer.", valueName: "n")) var maxOutputTokens: Int?
    @Option(help: "What becomes of a run when its last reader leaves.") var onDisconnect: Agent.Leaving?
    @Option(
        help: .init("A knowledge source it answers from; may stand several times, “” for none.", valueName: "slug"))
    var knowledge: [String] = []

    func changes() throws(Refusal) -> Agents.Changes {
        var changes = Agents.Changes()
        changes.name = name
        changes.upstream = upstream
        changes.model = model
        changes.highPerformanceModel = highPerformanceModel
        if !fallback.isEmpty { changes.fallback = try Self.sources(fallback) }
        changes.instructions = try instructions.map(Self.text)
        changes.temperature = temperature
        changes.maxOutputTokens = maxOutputTokens
        changes.leaving = onDisconnect
        if !knowledge.isEmpty { changes.knowledge = knowledge.filter { !$0.isEmpty } }
        return changes
    }

    static func sources(_ words: [String]) throws(Refusal) -> [Agent.Source] {
        var sources: [Agent.Source] = []
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else {
                throw .invalid("fallback", "“\(word)” is no fallback: it is written UPSTREAM=MODEL.")
            }
            sources.append(Agent.Source(upstream: String(parts[0]), model: String(parts[1])))
        }
        return sources
    }

    /// The words themselves, or those of the file after an `@`.
    static func text(_ words: String) throws(Refusal) -> String {
        guard words.hasPrefix("@") else { return words }
        let path = String(words.dropFirst())
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw .invalid("instructions", "The file \(path) cannot be read as UTF-8 text.")
        }
        // Editors end the last line too.
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}

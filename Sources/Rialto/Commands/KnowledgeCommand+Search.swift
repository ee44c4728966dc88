import ArgumentParser
import Domain
import Upstreams
import Wire

extension Library.Method: ExpressibleByArgument {}

extension KnowledgeCommand {
    /// `rialto knowledge search`: what a question finds.
    struct Search: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the passages of a knowledge source that fit a question, the best first.")

        @Argument var slug: String
        @Argument(help: "The question.") var question: [String]
        @Option(help: "How many at most.") var limit = 5
        @Option(help: "By words, by meaning (with an embedding model), or both.") var method = Library.Method.both
        @OptionGroup var owner: KnowledgeOwner
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (1...1000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000.") }
            guard !question.isEmpty else { throw ValidationError("What is to be searched for?") }
        }

        func run(in house: House) async throws -> Report {
            let source = try await house.knowledge.source(slug, for: owner.viewer(in: house))
            let pool = house.pool()
            let found = try await house.library(house.embedder(pool)).find(
                question.joined(separator: " "), in: [source], limit: limit, by: method)
            await pool.shutdown()
            return Report(
                found.map { Shown.passage($0) }, columns: ["score", "file", "line", "heading", "text"],
                none: "Nothing fits the question.")
        }
    }
}

extension Shown {
    static let documentColumns = ["name", "status", "passages", "progress", "error"]

    static func source(_ source: Source) -> JSON.Object {
        [
            "slug": .string(source.slug), "id": .string(source.id.uuid), "name": .string(source.name),
            "description": .string(source.about), "type": .string(source.kind.rawValue),
            "visibility": .string(source.visibility.rawValue), "created_at": .string(source.createdAt.iso8601),
        ]
    }

    static func document(_ document: Document) -> JSON.Object {
        [
            "id": .string(document.id.uuid), "name": .string(document.name),
            "type": .string(document.mediaType), "bytes": .integer(Int64(document.bytes)),
            "split": .string(document.splitting.strategy.rawValue), "status": .string(document.status.rawValue),
            "passages": number(document.passages), "progress": .number((document.progress * 100).rounded() / 100),
            "error": text(document.failure), "created_at": .string(document.createdAt.iso8601),
        ]
    }

    static func passage(_ found: FoundPassage) -> JSON.Object {
        [
            "score": .number((found.score * 10_000).rounded() / 10_000), "file": .string(found.documentName),
            "line": number(found.passage.line), "heading": .string(found.passage.heading),
            "text": .string(found.passage.text),
        ]
    }
}

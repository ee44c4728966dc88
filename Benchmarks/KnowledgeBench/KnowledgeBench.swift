import Foundation

/// The benchmark of knowledge sources: how well they are searched, and how fast.
@main
struct KnowledgeBench {
    private static let usage = """
        usage: KnowledgeBench rank FOLDER EMBEDDINGS-URL MODEL [--misses] STORE...
               KnowledgeBench load FOLDER PASSAGES STORE...
               KnowledgeBench ask FOLDER SECONDS CALLERS STORE...
        FOLDER holds passages.jsonl and questions.jsonl; a STORE is a file or the address of a database.

        """

    static func main() async throws {
        var words = CommandLine.arguments.dropFirst()
        do {
            try await run(words.popFirst() ?? "", Array(words))
        } catch is WrongArguments {
            FileHandle.standardError.write(Data(usage.utf8))
            exit(64)
        } catch {
            FileHandle.standardError.write(Data("KnowledgeBench: \(error)\n".utf8))
            exit(1)
        }
    }

    private struct WrongArguments: Error {}

    private static func run(_ command: String, _ words: [String]) async throws {
        guard let folder = words.first else { throw WrongArguments() }
        let set = try EvaluationSet(folder: folder)
        switch command {
        case "rank" where words.count > 3:
            let stores = words.dropFirst(3)
            let ranking = Ranking(set: set, url: words[1], model: words[2], tellsMisses: stores.first == "--misses")
            try await ranking.run(on: stores.filter { $0 != "--misses" })
        case "load" where words.count > 2:
            guard let count = Int(words[1]), count > 0 else { throw WrongArguments() }
            try await Loading(set: set, passages: count).run(on: Array(words.dropFirst(2)))
        case "ask" where words.count > 3:
            guard let seconds = Int(words[1]), let callers = Int(words[2]), seconds > 0, callers > 0
            else { throw WrongArguments() }
            try await Asking(set: set, seconds: seconds, callers: callers).run(on: Array(words.dropFirst(3)))
        default:
            throw WrongArguments()
        }
    }
}

/// What went wrong, in words for whoever runs the benchmark.
struct Trouble: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

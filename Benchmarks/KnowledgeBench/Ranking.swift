import Domain
import Logging
import NIOPosix
import Upstreams

/// How well the passages of the set are found, by each method, in each store.
struct Ranking {
    /// As deep as the deepest measure looks.
    private static let depth = 10

    let set: EvaluationSet
    /// Of the embedding model, up to and with its /v1.
    let url: String
    let model: String
    /// Whether the questions are named whose passages are not all found.
    let tellsMisses: Bool

    func run(on places: [String]) async throws {
        var backends: [Backend] = []
        for place in places { backends.append(try await Backend(place)) }
        guard let first = backends.first else { return }
        let pool = UpstreamPool(
            group: .singletonMultiThreadedEventLoopGroup, environment: [:], guide: Guide(), logger: first.faults.logger
        )
        let directory = Directory(
            store: first.store, configured: [UpstreamSettings(name: "model", kind: .openai, url: url)])
        try await directory.refresh()
        let embedder = RememberedModel(EmbeddingModel(model, of: "model", pool: pool, directory: directory))
        say("\(set.questions.count) questions over \(set.passages.count) passages; vectors of \(model)")
        let table = table
        table.printHead()
        var misses: [String] = []
        for backend in backends {
            let sources = try await fill(backend, embedder)
            for method in Library.Method.allCases {
                misses += try await measure(method, backend, sources, embedder, table)
            }
            try backend.store.close()
        }
        if tellsMisses { say(misses.joined(separator: "\n")) }
        await pool.shutdown()
    }

    private var table: Table {
        Table(
            columns: [("store", -10), ("method", -8)]
                + (set.languages + ["all"]).flatMap { [("\($0)-recall", 10), ("\($0)-nDCG", 8)] })
    }

    /// A source for each language, with one document.
    private func fill(_ backend: Backend, _ embedder: any Embedder) async throws -> [String: Source] {
        var sources: [String: Source] = [:]
        for language in set.languages {
            sources[language] = try await backend.knowledge.add(
                Knowledge.Draft(slug: language, name: language), by: Backend.viewer
            ).source
            let passages = set.passages(in: language).map { WrittenPassage(title: $0.title, text: $0.text) }
            _ = try await backend.take(
                PassageLines.bytes(of: passages), named: language + ".jsonl", into: language, indexes: true)
        }
        try await backend.work(embedder)
        for language in set.languages { try await backend.mustBe(.indexed, language) }
        return sources
    }

    /// Prints a row.
    /// - Returns: a line for each question whose passages are not all found.
    private func measure(
        _ method: Library.Method, _ backend: Backend, _ sources: [String: Source], _ embedder: any Embedder,
        _ table: Table
    ) async throws -> [String] {
        let library = backend.library(embedder)
        var (all, cells, misses) = (Measures(), [backend.name, method.rawValue], [String]())
        for language in set.languages {
            guard let source = sources[language] else { continue }
            let names = set.passages(in: language).map(\.id)
            var measures = Measures()
            for question in set.questions(in: language) {
                let passages = try await library.find(question.question, in: [source], limit: Self.depth, by: method)
                let found = passages.map { names[$0.passage.place] }
                measures.add(found: found, relevant: question.relevant)
                all.add(found: found, relevant: question.relevant)
                if Measures.recall(of: found, question.relevant) < 1 {
                    misses.append(miss(question, found, "\(backend.name) \(method)"))
                }
            }
            cells += [measures.recall.digits(3), measures.gain.digits(3)]
        }
        try backend.faults.mustBeNone()
        table.print(cells + [all.recall.digits(3), all.gain.digits(3)])
        return misses
    }

    private func miss(_ question: EvaluationSet.Question, _ found: [String], _ label: String) -> String {
        let places = question.relevant.keys.sorted().map { id in
            "\(id) \(found.firstIndex(of: id).map { "at \($0 + 1)" } ?? "not")"
        }
        return """
            \(label): \(question.id) \(question.question)
                \(places.joined(separator: ", ")); found \(found.prefix(5).joined(separator: " "))
            """
    }
}

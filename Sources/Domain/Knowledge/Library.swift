package import Logging

/// Finds the passages that fit a question: by their words, and by their meaning where there is a model for that.
package struct Library: Sendable {
    /// What reciprocal ranks are softened by. The usual 60 is for lists of a thousand; among as few candidates as
    /// here it makes the first as good as the last (`bin/bench knowledge`).
    private static let softening = 2.0
    /// Of a long question, the terms that it is searched by; what is asked often stands at its end.
    private static let mostTerms = 96
    /// Passages that each way of searching brings in before they are fused.
    private static let candidates = 50
    /// Of a question, what an embedding model is given.
    private static let embeddedBytes = 4000

    /// How to search.
    package enum Method: String, Sendable, CaseIterable {
        case words, meaning, both
    }

    private let store: any Store
    private let embedder: (any Embedder)?
    private let shelf: VectorShelf
    private let logger: Logger

    /// - Parameter vectorBytes: what vectors may take in memory.
    package init(store: any Store, embedder: (any Embedder)?, vectorBytes: Int, logger: Logger) {
        self.store = store
        self.embedder = embedder
        shelf = VectorShelf(store: store, bytes: vectorBytes)
        self.logger = logger
    }

    /// The passages of these sources that fit a question, the best first.
    package func find(
        _ question: String, in sources: [Source], limit: Int, by method: Method = .both
    ) async throws -> [FoundPassage] {
        guard !sources.isEmpty, limit > 0 else { return [] }
        let wanted = max(limit, Self.candidates)
        let words = method == .meaning ? [] : try await rankByWords(question, sources, wanted)
        let meaning = method == .words ? [] : try await rankByMeaning(question, sources, wanted, method)
        let ranked = meaning.isEmpty ? Self.measured(words) : words.isEmpty ? meaning : Self.fuse(words, meaning)
        return try await found(Array(ranked.prefix(limit)), in: sources)
    }

    private func rankByWords(_ question: String, _ sources: [Source], _ limit: Int) async throws -> [RankedPassage] {
        var seen: Set<String> = []
        let terms = Terms.terms(of: question).filter { seen.insert($0).inserted }.prefix(Self.mostTerms)
        guard !terms.isEmpty else { return [] }
        return try await store.read { try $0.rank(Array(terms), in: sources.map(\.id), limit: limit) }
    }

    /// Without the embedding model there are still the words, unless they are not to count.
    private func rankByMeaning(
        _ question: String, _ sources: [Source], _ limit: Int, _ method: Method
    ) async throws -> [RankedPassage] {
        guard let embedder else {
            guard method == .both else {
                throw Refusal.invalid(
                    "method", "There is no embedding model: name one in the config, below knowledge.")
            }
            return []
        }
        do {
            let asked = question.beginning(ofBytes: Self.embeddedBytes)
            guard let vector = try await embedder.vectors(of: [asked]).first else { return [] }
            return try await shelf.nearest(to: vector, in: sources, by: embedder.model, limit: limit)
        } catch let error where method == .both {
            logger.warning("Knowledge is searched by words alone", metadata: ["cause": "\(error)"])
            return []
        }
    }

    /// Against the best: how large a score of BM25 is says nothing by itself.
    private static func measured(_ ranked: [RankedPassage]) -> [RankedPassage] {
        guard let best = ranked.first?.score, best > 0 else { return ranked }
        return ranked.map { RankedPassage(passage: $0.passage, score: $0.score / best) }
    }

    /// Reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009); 1 is first by both.
    static func fuse(_ lists: [RankedPassage]...) -> [RankedPassage] {
        var scores: [Int64: Double] = [:]
        for list in lists {
            for (rank, entry) in list.enumerated() {
                scores[entry.passage, default: 0] += (softening + 1) / (softening + 1 + Double(rank))
            }
        }
        return scores.map { RankedPassage(passage: $0.key, score: $0.value / Double(lists.count)) }
            .sorted { ($0.score, $1.passage) > ($1.score, $0.passage) }
    }

    private func found(_ ranked: [RankedPassage], in sources: [Source]) async throws -> [FoundPassage] {
        try await store.read { rows in
            var documents: [ID: Document] = [:]
            let passages = try rows.passages(numbered: ranked.map(\.passage))
            for id in Set(passages.map(\.document)) { documents[id] = try rows.document(id: id) }
            return ranked.compactMap { entry in
                guard let passage = passages.first(where: { $0.number == entry.passage }),
                    let source = sources.first(where: { $0.id == passage.source }),
                    let document = documents[passage.document]
                else { return nil }
                return FoundPassage(
                    passage: passage, source: source, documentName: document.name, mediaType: document.mediaType,
                    score: entry.score)
            }
        }
    }
}

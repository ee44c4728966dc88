import Domain

/// Fills stores with passages that nobody has written, the way files go into a source, and tells how long that takes.
struct Loading {
    static let slug = "synthetic"
    /// Passages of one file.
    private static let batch = 1000

    let set: EvaluationSet
    let passages: Int

    func run(on places: [String]) async throws {
        let words = Synthesis.words
        say(
            """
            \(passages) synthetic passages of \(words.lowerBound) to \(words.upperBound) words, drawn from the set's \
            with Zipf's frequencies (seed \(Synthesis.seed));
            random vectors of \(RandomVectors.dimensions) floats stand in for a model's
            """)
        let table = Table(
            columns: [
                ("store", -10), ("passages", 9), ("documents", 9), ("split/s", 8), ("index/s", 8), ("seconds", 8),
            ])
        table.printHead()
        for place in places { table.print(try await load(try await Backend(place))) }
    }

    /// - Returns: the cells of a row.
    private func load(_ backend: Backend) async throws -> [String] {
        _ = try await backend.knowledge.add(
            Knowledge.Draft(slug: Self.slug, name: Self.slug), by: Backend.viewer)
        let (documents, taken) = try await take(backend)
        let clock = ContinuousClock()
        let split = try await clock.measure { try await backend.work(RandomVectors()) }
        try await backend.mustBe(.splitted, Self.slug)
        let indexed = try await clock.measure {
            for document in documents { _ = try await backend.knowledge.index(document.id, for: Backend.viewer) }
            try await backend.work(RandomVectors())
        }
        try await backend.mustBe(.indexed, Self.slug)
        try backend.store.close()
        let count = Double(passages)
        return [
            backend.name, "\(passages)", "\(documents.count)", (count / split.seconds).digits(0),
            (count / indexed.seconds).digits(0), (taken + split + indexed).seconds.digits(1),
        ]
    }

    /// The files come in; what it takes to write them is not in the time.
    private func take(_ backend: Backend) async throws -> (documents: [Document], time: Duration) {
        var synthesis = Synthesis(set)
        var (documents, time, left) = ([Document](), Duration.zero, passages)
        while left > 0 {
            let bytes = try PassageLines.bytes(of: (0..<min(left, Self.batch)).map { _ in synthesis.passage() })
            let clock = ContinuousClock()
            let start = clock.now
            documents.append(
                try await backend.take(bytes, named: "\(documents.count).jsonl", into: Self.slug, indexes: false))
            time += clock.now - start
            left -= Self.batch
        }
        return (documents, time)
    }
}

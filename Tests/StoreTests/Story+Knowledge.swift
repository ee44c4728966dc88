import Domain

/// What the people by the harbour look things up in.
extension Story {
    static func source(_ number: UInt64, _ slug: String, of account: Account = harbour) -> Source {
        Source(
            id: id(number), account: account.id, slug: slug, name: "The “\(slug)”\u{0} 🐳",
            about: "By the\nwindow.\u{0}",
            kind: .snippet, visibility: .personal, owner: "user:harbour/ana", createdAt: later(Int(number)))
    }

    static func document(
        _ number: UInt64, of source: UInt64 = 500, name: String = "tide table.md", task: Document.Task = .nothing
    ) -> Document {
        var document = Document(
            id: id(number), account: harbour.id, source: id(source), name: name, mediaType: "text/markdown",
            bytes: 4096, digest: [0, 255, 7], splitting: Splitting(.lines, quantity: 30, overlap: 3),
            createdAt: later(Int(number)))
        document.task = task
        return document
    }

    static func passage(
        _ place: Int, _ text: String, of document: UInt64 = 600, in source: UInt64 = 500, heading: String = ""
    ) -> Passage {
        Passage(
            source: id(source), document: id(document), place: place,
            cutting: Cutting(heading: heading, text: text, line: 10 * place + 1))
    }

    /// Puts a document with these passages on a shelf, each found by its words.
    /// - Returns: the passages' numbers, in their order.
    @discardableResult
    static func shelve(
        _ texts: [String], as document: UInt64 = 600, in source: UInt64 = 500, on store: any Store
    ) async throws -> [Int64] {
        try await store.write { rows in
            if try !rows.sources(account: harbour.id).contains(where: { $0.id == id(source) }) {
                try rows.insert(Story.source(source, "shelf-\(source)"))
            }
            try rows.insert(Story.document(document, of: source))
        }
        for start in stride(from: 0, to: texts.count, by: 50) {
            let batch = texts.indices[start...].prefix(50).map { passage($0, texts[$0], of: document, in: source) }
            try await store.write { rows in
                try rows.insert(batch)
                let kept = try rows.passages(of: id(document), from: start, limit: 50)
                try rows.index(kept.map { ($0.number, words(of: $0.text)) }, of: id(source))
            }
        }
        return try await store.read { try $0.passages(of: id(document), from: 0, limit: .max).map(\.number) }
    }

    static func words(of text: String) -> [String] {
        text.split(separator: " ").map(String.init)
    }

    /// The passages that fit, the best first.
    static func rank(_ words: String..., in sources: [UInt64] = [500], on store: any Store) async throws -> [Int64] {
        let ids = sources.map(id)
        return try await store.read { try $0.rank(words, in: ids, limit: 1000) }.map(\.passage)
    }
}

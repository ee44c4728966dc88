package import Domain

/// Rialto's own agent: answers from the handbook by ranked retrieval, without a model, the same way every time.
package struct Guide: Upstream {
    private static let index = SectionIndex(Handbook.sections)
    /// Passages quoted at most, and how near to the best one the others must come.
    private static let passages = 3
    private static let nearness = 0.45
    /// Characters quoted of the best passage, about; the others have half.
    private static let longest = 1600
    /// Characters of a question that are read; what comes after is a text that was pasted behind it.
    private static let heard = 2000

    package init() {}

    package func ask(_ prompt: Prompt, near place: (any Sendable)?, into answer: any Answer) -> any Asking {
        let telling: Telling
        if prompt.lastQuestionHasImages {
            telling = Telling(.failed(Self.blind), into: answer)
        } else {
            let reply = reply(to: prompt.lastQuestion)
            telling = Telling(reply.text, after: reply.search, into: answer)
        }
        telling.begin()
        return telling
    }

    private static let blind = UpstreamFault(
        UpstreamSettings.guide.name, "reads no images: ask an agent with a model that does.", reason: .unsupported)

    /// The whole answer, in Markdown.
    package func answer(to question: String) -> String {
        reply(to: question).text
    }

    /// - Returns: the answer, and the look into the handbook that it took.
    private func reply(to question: String) -> (text: String, search: Step?) {
        let question = String(question.prefix(Self.heard))
        if let tongue = Greeting.tongue(of: question) { return (Phrases.phrases(in: tongue).greeting, nil) }
        let found = sections(for: question)
        let names = found.map { "\($0.heading) (\($0.file))" }.joined(separator: "\n")
        let search = Step(id: "handbook", kind: .retrieval, name: "Handbook", input: question).finished(names)
        return (text(of: found, for: question), search)
    }

    private func text(of found: [Section], for question: String) -> String {
        let phrases = Phrases.phrases(in: Tongue(of: question))
        guard !found.isEmpty else { return phrases.nothing }
        let query = Self.query(question)
        let quotes = found.enumerated().map { place, section in
            let limit = place == 0 ? Self.longest : Self.longest / 2
            let text = Excerpt.text(of: section, limit: limit) { Self.worth(of: $0, for: query) }
            return "**\(section.heading)** (\(section.file))\n\n\(text)"
        }
        return ([phrases.found] + quotes).joined(separator: "\n\n")
    }

    /// The sections that answer a question, the best first; none where the handbook has nothing.
    package func sections(for question: String) -> [Section] {
        let question = String(question.prefix(Self.heard))
        let query = Self.query(question)
        guard !query.isOpen else { return Array(Self.index.sections.prefix(Self.passages)) }
        let hits = Self.index.rank(query)
        let tongue = Tongue(of: question)
        guard let best = hits.first, Self.answers(best, in: tongue) else {
            return query.namesRialto && tongue != .english ? Array(Self.index.sections.prefix(1)) : []
        }
        return hits.prefix(Self.passages).filter { $0.score >= best.score * Self.nearness }.map(\.section)
    }

    private static func query(_ question: String) -> Query {
        Query(question) { index.isKnown($0) }
    }

    /// Words of other languages are not in an English handbook, so there only a name in a heading is evidence.
    private static func answers(_ hit: SectionIndex.Hit, in tongue: Tongue) -> Bool {
        guard tongue == .english else { return hit.isNamed }
        return hit.coverage >= 0.9 || hit.score * hit.coverage >= 2
    }

    private static func worth(of text: String, for query: Query) -> Double {
        let terms = Set(Words.terms(of: text))
        return query.wishes.reduce(0) { sum, wish in
            if terms.contains(wish.term) { return sum + index.rarity(of: wish.term) }
            return wish.synonyms.contains { terms.contains($0) } ? sum + 0.5 : sum
        }
    }
}

extension Prompt {
    fileprivate var lastQuestionHasImages: Bool {
        let parts = turns.last { $0.role == .user }?.parts ?? []
        return parts.contains { if case .image = $0 { true } else { false } }
    }

    /// The text of the last thing that a user said.
    fileprivate var lastQuestion: String {
        guard let turn = turns.last(where: { $0.role == .user }) else { return "" }
        return turn.parts.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(separator: "\n")
    }
}

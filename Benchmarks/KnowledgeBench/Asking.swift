import Domain

/// How fast filled stores are searched, with the questions of the set: one after another, and some at a time.
struct Asking {
    /// As many as a model is given.
    private static let limit = 8

    let set: EvaluationSet
    /// For each row.
    let seconds: Int
    let callers: Int

    func run(on places: [String]) async throws {
        var chance = Chance(seed: Synthesis.seed)
        let questions = set.questions.map(\.question).shuffled(using: &chance)
        say("searches for \(questions.count) questions of the set; the time of an embedding model is not in them")
        let table = Table(
            columns: [
                ("store", -10), ("method", -8), ("callers", 7), ("searches", 8), ("each/s", 8), ("p50-ms", 8),
                ("p95-ms", 8), ("first-ms", 8),
            ])
        table.printHead()
        for place in places { try await measure(try await Backend(place), questions, table) }
    }

    private func measure(_ backend: Backend, _ questions: [String], _ table: Table) async throws {
        let library = backend.library(RandomVectors())
        let source = try await backend.knowledge.source(Loading.slug, for: Backend.viewer)
        for method in Library.Method.allCases {
            let search = Search(library: library, source: source, method: method, questions: questions)
            // It reads the vectors into memory, or finds the file's pages cold.
            let first = try await search.times(callers: 1, until: .now)
            for callers in Set([1, callers]).sorted() {
                let cells = try await row(search, callers)
                table.print([backend.name] + cells + [callers == 1 ? at(1, in: first).digits(0) : "-"])
            }
        }
        try backend.faults.mustBeNone()
        try backend.store.close()
    }

    private func row(_ search: Search, _ callers: Int) async throws -> [String] {
        let start = ContinuousClock.now
        let times = try await search.times(callers: callers, until: start + .seconds(seconds))
        let rate = Double(times.count) / (ContinuousClock.now - start).seconds
        return [
            search.method.rawValue, "\(callers)", "\(times.count)", rate.digits(1), at(0.5, in: times).digits(1),
            at(0.95, in: times).digits(1),
        ]
    }

    /// The nearest rank.
    private func at(_ share: Double, in sorted: [Double]) -> Double {
        sorted.isEmpty ? 0 : sorted[max(Int((share * Double(sorted.count)).rounded(.up)), 1) - 1]
    }

    /// One way of searching one store.
    private struct Search: Sendable {
        let library: Library
        let source: Source
        let method: Library.Method
        let questions: [String]

        /// Each caller asks at least once.
        /// - Returns: the milliseconds of every search, the shortest first.
        func times(callers: Int, until end: ContinuousClock.Instant) async throws -> [Double] {
            try await withThrowingTaskGroup { group in
                for caller in 0..<callers {
                    // Callers begin at different questions.
                    group.addTask { try await ask(from: caller * questions.count / callers, until: end) }
                }
                return try await group.reduce(into: []) { $0 += $1 }.sorted()
            }
        }

        private func ask(from place: Int, until end: ContinuousClock.Instant) async throws -> [Double] {
            var times: [Double] = []
            repeat {
                let question = questions[(place + times.count) % questions.count]
                let start = ContinuousClock.now
                _ = try await library.find(question, in: [source], limit: Asking.limit, by: method)
                times.append((ContinuousClock.now - start).milliseconds)
            } while ContinuousClock.now < end
            return times
        }
    }
}

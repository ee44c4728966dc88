import Domain
import Testing

@Suite("What passages are found by")
struct PassageIndexTests {
    /// Passages of ten words that have nothing to do with what is looked for.
    private static let cargo = (0..<12).map { "crate \($0) of rope and nails for the old pier" }

    @Test("Who has the rarer word comes first", arguments: Backend.all)
    func rare(_ backend: Backend) async throws {
        try await backend.with { store in
            let texts = ["tide of a b c", "lantern of a b c"] + (0..<4).map { "tide \($0) of a b" } + Self.cargo
            let numbers = try await Story.shelve(texts, on: store)
            let ranked = try await Story.rank("tide", "lantern", on: store)
            #expect(ranked.first == numbers[1])
            #expect(Set(ranked) == Set([numbers[0], numbers[1]] + numbers[2..<6]))
        }
    }

    @Test("Of two that have a word, the shorter one comes first", arguments: Backend.all)
    func short(_ backend: Backend) async throws {
        try await backend.with { store in
            let long = "tide " + (0..<40).map { "word\($0)" }.joined(separator: " ")
            let numbers = try await Story.shelve([long, "tide at noon"] + Self.cargo, on: store)
            #expect(try await Story.rank("tide", on: store) == [numbers[1], numbers[0]])
        }
    }

    @Test("Of two of one length, the one that has the word more often comes first", arguments: Backend.all)
    func often(_ backend: Backend) async throws {
        try await backend.with { store in
            let texts = ["tide a b c d e", "tide tide tide a b c", "tide tide a b c d"]
            let numbers = try await Story.shelve(texts + Self.cargo, on: store)
            #expect(try await Story.rank("tide", on: store) == [1, 2, 0].map { numbers[$0] })
        }
    }

    @Test("Only the best are told, and nothing of what is nowhere", arguments: Backend.all)
    func limited(_ backend: Backend) async throws {
        try await backend.with { store in
            let numbers = try await Story.shelve(["tide tide", "tide a b"] + Self.cargo, on: store)
            func rank(_ terms: [String], _ sources: [UInt64], _ limit: Int) async throws -> [Int64] {
                let ids = sources.map(Story.id)
                return try await store.read { try $0.rank(terms, in: ids, limit: limit).map(\.passage) }
            }
            #expect(try await rank(["tide"], [500], 1) == [numbers[0]])
            #expect(try await rank(["tide"], [500], 0) == [])
            #expect(try await rank(["submarine"], [500], 9) == [])
            #expect(try await rank(["submarine", "tide"], [500], 9) == [numbers[0], numbers[1]])
            #expect(try await rank(["tid"], [500], 9) == [])
            #expect(try await rank([], [500], 9) == [])
            #expect(try await rank(["tide"], [], 9) == [])
            #expect(try await rank(["tide"], [501], 9) == [])
            let scores = try await store.read { try $0.rank(["tide"], in: [Story.id(500)], limit: 9) }.map(\.score)
            #expect(scores == scores.sorted(by: >) && scores.allSatisfy { $0 > 0 })
        }
    }

    @Test("Only the sources asked for are searched", arguments: Backend.all)
    func sources(_ backend: Backend) async throws {
        try await backend.with { store in
            let first = try await Story.shelve(["tide at noon"] + Self.cargo, on: store)
            let second = try await Story.shelve(["tide tide"] + Self.cargo, as: 601, in: 501, on: store)
            _ = try await Story.shelve(["tide"], as: 602, in: 502, on: store)
            #expect(try await Story.rank("tide", on: store) == [first[0]])
            #expect(try await Story.rank("tide", in: [501], on: store) == [second[0]])
            #expect(try await Story.rank("tide", in: [500, 501], on: store) == [second[0], first[0]])
            // A source's own name is no word of it.
            #expect(try await Story.rank(Story.id(500).uuid.replacing("-", with: ""), on: store) == [])
        }
    }

    @Test("Japanese is found by two letters", arguments: Backend.all)
    func japanese(_ backend: Backend) async throws {
        try await backend.with { store in
            let texts = ["商品の返品期限は七日です", "お支払いは翌月です", "𠮷野の返事", "品川駅で返します"]
            let numbers = try await Story.shelve(texts, on: store)
            try await store.write { rows in
                _ = try rows.removePassages(of: Story.id(600), limit: 99)
                try rows.insert(texts.indices.map { Story.passage($0, texts[$0]) })
                let kept = try rows.passages(of: Story.id(600), from: 0, limit: 99)
                try rows.index(kept.map { ($0.number, Terms.terms(of: $0.text)) }, of: Story.id(500))
            }
            let shift = Int64(texts.count)
            func found(_ question: String) async throws -> [Int64] {
                let terms = Terms.terms(of: question)
                return try await store.read { try $0.rank(terms, in: [Story.id(500)], limit: 9).map(\.passage) }
            }
            #expect(try await found("返品").first == numbers[0] + shift)
            #expect(try await found("支払") == [numbers[1] + shift])
            #expect(try await Story.rank("返品", on: store) == [numbers[0] + shift])
            #expect(try await Story.rank("𠮷野", on: store) == [numbers[2] + shift])
        }
    }

    @Test("A term of any letters is found as it is", arguments: Backend.all)
    func letters(_ backend: Backend) async throws {
        let terms = ["क़लम", "كتاب", "ქართ", "𞤀𞤣", "ꭰꭱ", "𫠠字", "คืน", "e4012", "한글", "ß", "ı", "20240115"]
        try await backend.with { store in
            let numbers = try await Story.shelve(terms.map { "\($0) a b" } + Self.cargo, on: store)
            for (place, term) in terms.enumerated() {
                #expect(try await Story.rank(term, on: store) == [numbers[place]], "\(term)")
            }
        }
    }

    @Test("No letter of a term is taken for more than a letter", arguments: Backend.all)
    func odd(_ backend: Backend) async throws {
        let odd = [
            "\"", "\"\"", "a\"b", "it's", "' OR 1=1 --", "*", "tid*", "NEAR(tide ebb)", "-", "^", ":", "{source_key}",
            "source_key : x", "%", "_", "\\", "{", "}", "{,}", ",", "NULL", "", " ", "𝄞", "\n", "$x", "?", "NOT",
        ]
        try await backend.with { store in
            let numbers = try await Story.shelve(["tide at noon"] + Self.cargo, on: store)
            for term in odd {
                #expect(try await Story.rank(term, on: store) == [], "\(term)")
                #expect(try await Story.rank(term, "tide", on: store) == [numbers[0]], "\(term)")
            }
            let all = odd + ["tide"]
            let found = try await store.read { try $0.rank(all, in: [Story.id(500)], limit: 9).map(\.passage) }
            #expect(found == [numbers[0]])
        }
    }

    @Test("A passage that is removed is found by nothing, and no longer counts", arguments: Backend.all)
    func removed(_ backend: Backend) async throws {
        let texts = ["tide at noon", "tide tide and ebb", "ebb at night", "flood and tide again"] + Self.cargo
        try await backend.with { store in
            let numbers = try await Story.shelve(texts, on: store)
            try await store.write { rows in
                let vectors = numbers.map { (passage: $0, bytes: [UInt8](repeating: 1, count: 8)) }
                try rows.insert(vectors, by: "m", of: Story.id(500))
                for place in [1, 5] { _ = try rows.removePassage(PassageName(document: Story.id(600), place: place)) }
            }
            #expect(!(try await Story.rank("tide", "ebb", on: store)).contains(numbers[1]))
            let vectors = try await store.read { try $0.vectors(of: Story.id(500), by: "m", after: 0, limit: 99) }
            #expect(Set(vectors.map(\.passage)) == Set(numbers).subtracting([numbers[1], numbers[5]]))
            try await Self.isAsNew(store, with: texts.indices.filter { $0 != 1 && $0 != 5 }.map { texts[$0] }, backend)
            _ = try await store.write { try $0.removePassages(of: Story.id(600), limit: 99) }
            #expect(try await Story.rank("tide", "ebb", "crate", on: store) == [])
            #expect(try await store.read { try $0.vectors(of: Story.id(500), by: "m", after: 0, limit: 9) } == [])
            try await Story.shelve(["tide"], as: 601, on: store)
            #expect(try await Story.rank("tide", on: store).count == 1)
        }
    }

    /// That a store scores what is left as one that never had anything else.
    private static func isAsNew(_ store: any Store, with texts: [String], _ backend: Backend) async throws {
        let terms = ["tide", "ebb", "noon", "rope"]
        let read: @Sendable (any Transaction) throws -> [Double] = { rows in
            try rows.rank(terms, in: [Story.id(500)], limit: 99).map { ($0.score * 1e6).rounded() }
        }
        try await backend.with { other in
            try await Story.shelve(texts, on: other)
            #expect(try await store.read(read) == other.read(read))
        }
    }

    @Test("What was not indexed is not found, and its removal forgets nothing else", arguments: Backend.all)
    func bare(_ backend: Backend) async throws {
        try await backend.with { store in
            let texts = ["tide at noon", "ebb tide"] + Self.cargo
            let numbers = try await Story.shelve(texts, on: store)
            try await store.write { rows in
                try rows.insert((0..<3).map { Story.passage($0, "tide", of: 601) })
                try rows.insert(Story.document(601))
            }
            #expect(try await Story.rank("tide", on: store) == [numbers[1], numbers[0]])
            #expect(try await store.write { try $0.removePassages(of: Story.id(601), limit: 9) } == 3)
            try await Self.isAsNew(store, with: texts, backend)
        }
    }

    @Test("What is indexed twice counts once", arguments: Backend.all)
    func twice(_ backend: Backend) async throws {
        try await backend.with { store in
            let texts = ["tide at noon", "ebb tide", "flood"] + Self.cargo
            let numbers = try await Story.shelve(texts, on: store)
            try await store.write { rows in
                try rows.index([(numbers[0], ["tide", "at", "noon"]), (numbers[2], ["tide"])], of: Story.id(500))
                try rows.index([], of: Story.id(500))
                try rows.insert([Story.passage(99, "tide and rope and")])
                let late = try rows.passages(of: Story.id(600), from: 99, limit: 1)[0].number
                let terms = ["tide", "and", "rope", "and"]
                try rows.index([(late, terms), (late, terms)], of: Story.id(500))
            }
            try await Self.isAsNew(store, with: texts + ["tide and rope and"], backend)
        }
    }

    @Test("A passage without a single term is kept, and found by none", arguments: Backend.all)
    func wordless(_ backend: Backend) async throws {
        try await backend.with { store in
            let numbers = try await Story.shelve(["", "tide"], on: store)
            #expect(try await Story.rank("tide", "", on: store) == [numbers[1]])
            #expect(try await store.write { try $0.removePassages(of: Story.id(600), limit: 9) } == 2)
        }
    }

    @Test("Vectors come page by page, of one source and one model", arguments: Backend.all)
    func vectors(_ backend: Backend) async throws {
        try await backend.with { store in
            let numbers = try await Story.shelve((0..<5).map { "tide \($0)" }, on: store)
            let other = try await Story.shelve(["ebb"], as: 601, in: 501, on: store)
            try await store.write { rows in
                try rows.insert(numbers[..<3].map { ($0, [UInt8($0), 0, 255]) }, by: "m", of: Story.id(500))
                try rows.insert([(numbers[0], [9])], by: "n", of: Story.id(500))
                try rows.insert([(other[0], [8])], by: "m", of: Story.id(501))
                try rows.insert([], by: "m", of: Story.id(500))
                try rows.insert(numbers[3...].map { ($0, [UInt8($0)]) }, by: "m", of: Story.id(500))
            }
            func page(after number: Int64, _ limit: Int, by model: String = "m") async throws -> [StoredVector] {
                try await store.read { rows in
                    try rows.vectors(of: Story.id(500), by: model, after: number, limit: limit)
                }
            }
            let all = try await page(after: 0, 99)
            #expect(all.map(\.passage) == numbers && all[0].bytes == [UInt8(numbers[0]), 0, 255])
            #expect(all.map(\.number) == all.map(\.number).sorted() && Set(all.map(\.number)).count == 5)
            #expect(try await page(after: 0, 2) == Array(all[..<2]))
            #expect(try await page(after: all[1].number, 2) == Array(all[2..<4]))
            #expect(try await page(after: all[4].number, 2) == [])
            #expect(try await page(after: 0, 9, by: "n").map(\.bytes) == [[9]])
            #expect(try await page(after: 0, 9, by: "M") == [])
        }
    }

    @Test("The numbers of vectors only rise", arguments: Backend.all)
    func rising(_ backend: Backend) async throws {
        try await backend.with { store in
            var newest: Int64 = 0
            for _ in 0..<3 {
                let numbers = try await Story.shelve(["tide", "ebb"], on: store)
                try await store.write { rows in
                    try rows.insert(numbers.map { ($0, [1]) }, by: "m", of: Story.id(500))
                }
                let after = newest
                let read = try await store.read { try $0.vectors(of: Story.id(500), by: "m", after: after, limit: 9) }
                #expect(read.map(\.passage) == numbers)
                newest = read.last?.number ?? 0
                try await store.write { rows in
                    _ = try rows.removePassages(of: Story.id(600), limit: 9)
                    try rows.removeDocument(id: Story.id(600))
                }
            }
        }
    }
}

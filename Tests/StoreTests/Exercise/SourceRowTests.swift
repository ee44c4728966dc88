import Domain
import Testing

@Suite("Rows of knowledge sources, documents and realms")
struct SourceRowTests {
    @Test("Sources come back as they were written, in the order of their slugs", arguments: Backend.all)
    func sources(_ backend: Backend) async throws {
        try await backend.with { store in
            var charts = Story.source(500, "charts")
            charts.kind = .api
            charts.visibility = .account
            charts.owner = ""
            charts.about = ""
            let (tides, ovens) = (Story.source(501, "a-tides"), Story.source(502, "charts", of: Story.bakery))
            try await store.write { [charts] rows in
                for source in [charts, tides, ovens] { try rows.insert(source) }
            }
            #expect(try await store.read { try $0.sources(account: Story.harbour.id) } == [tides, charts])
            #expect(try await store.read { try $0.source(account: Story.harbour.id, slug: "charts") } == charts)
            #expect(try await store.read { try $0.source(account: Story.bakery.id, slug: "charts") } == ovens)
            #expect(try await store.read { try $0.source(account: Story.bakery.id, slug: "a-tides") } == nil)
            try await store.write { try $0.removeSource(id: tides.id) }
            #expect(try await store.read { try $0.sources(account: Story.harbour.id) } == [charts])
        }
    }

    @Test("Every kind and visibility is kept", arguments: Backend.all)
    func words(_ backend: Backend) async throws {
        try await backend.with { store in
            var made: [Source] = []
            for (place, kind) in Source.Kind.allCases.enumerated() {
                for visibility in Source.Visibility.allCases {
                    var source = Story.source(UInt64(500 + made.count), "\(place)-\(visibility)")
                    source.kind = kind
                    source.visibility = visibility
                    made.append(source)
                }
            }
            let written = made
            try await store.write { rows in for source in written { try rows.insert(source) } }
            let read = try await store.read { try $0.sources(account: Story.harbour.id) }
            #expect(read == written.sorted { $0.slug < $1.slug })
        }
    }

    @Test("An account has a slug once", arguments: Backend.all)
    func slugs(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { try $0.insert(Story.source(500, "charts")) }
            await #expect(throws: (any Error).self) {
                try await store.write { try $0.insert(Story.source(501, "charts")) }
            }
            try await store.write { try $0.insert(Story.source(501, "charts", of: Story.bakery)) }
        }
    }

    @Test("A source goes with its documents", arguments: Backend.all)
    func removed(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                try rows.insert(Story.source(500, "charts"))
                try rows.insert(Story.document(600))
                try rows.insert(Story.document(601, of: 501))
                try rows.removeSource(id: Story.id(500))
            }
            #expect(try await store.read { try $0.documents(of: Story.id(500)) } == [])
            #expect(try await store.read { try $0.document(id: Story.id(601)) } == Story.document(601, of: 501))
        }
    }

    @Test("Documents come back as they were written, in the order of their ids", arguments: Backend.all)
    func documents(_ backend: Backend) async throws {
        try await backend.with { store in
            var first = Story.document(600, name: "q\u{0}uay 🐳.md", task: .split)
            first.isIndexedOnceSplit = true
            let second = Story.document(601)
            try await store.write { [first] rows in
                for document in [second, first, Story.document(602, of: 501)] { try rows.insert(document) }
            }
            #expect(try await store.read { try $0.documents(of: Story.id(500)) } == [first, second])
            first.splitting = Splitting(.endpoint, quantity: 7, overlap: 0)
            first.status = .failed
            first.task = .nothing
            first.isIndexedOnceSplit = false
            first.passages = 12
            first.indexed = 5
            first.failure = "No text\u{0} in it: “§”."
            first.updatedAt = Story.later(9000)
            try await store.write { [first] rows in try rows.update(first) }
            #expect(try await store.read { try $0.document(id: Story.id(600)) } == first)
            #expect(try await store.read { try $0.document(id: second.id) } == second)
            #expect(try await store.read { try $0.document(id: Story.id(99)) } == nil)
        }
    }

    @Test("A document goes with its file", arguments: Backend.all)
    func removedDocument(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                for number in UInt64(600)...601 {
                    try rows.insert(Story.file(number, isComplete: true))
                    try rows.append(chunk: [7], number: 0, to: Story.id(number))
                    try rows.insert(Story.document(number))
                }
                try rows.removeDocument(id: Story.id(600))
            }
            #expect(try await store.read { try $0.document(id: Story.id(600)) } == nil)
            #expect(try await store.read { try $0.file(id: Story.id(600)) } == nil)
            #expect(try await store.read { try $0.bytes(of: Story.id(600)) } == [])
            #expect(try await store.read { try $0.bytes(of: Story.id(601)) } == [7])
        }
    }

    @Test("The document that has waited longest is taken first, and for a while", arguments: Backend.all)
    func taken(_ backend: Backend) async throws {
        try await backend.with { store in
            func take(at seconds: Int) async throws -> ID? {
                try await store.write { rows in
                    try rows.takeDocument(at: Story.later(seconds), until: Story.later(seconds + 60))?.id
                }
            }
            let all = [
                Story.document(602, task: .index), Story.document(600, task: .split), Story.document(601),
                Story.document(603, of: 501, task: .split),
            ]
            try await store.write { rows in for document in all { try rows.insert(document) } }
            #expect(try await take(at: 0) == Story.id(600))
            #expect(try await take(at: 1) == Story.id(602))
            #expect(try await take(at: 2) == Story.id(603))
            #expect(try await take(at: 59) == nil)
            #expect(try await take(at: 60) == Story.id(600), "whoever took it is gone")
            #expect(try await take(at: 62) == Story.id(602), "it waits longer than the one after it")
            try await store.write { try $0.keepDocument(id: Story.id(603), until: Story.later(100)) }
            #expect(try await take(at: 99) == nil)
            #expect(try await take(at: 100) == Story.id(603))
        }
    }

    @Test("A document that is changed stays with whoever took it, until they let go of it", arguments: Backend.all)
    func letGo(_ backend: Backend) async throws {
        try await backend.with { store in
            let document = Story.document(600, task: .split)
            var taken = document
            taken.takenUntil = Story.later(60)
            try await store.write { try $0.insert(document) }
            let held = try await store.write { try $0.takeDocument(at: Story.morning, until: Story.later(60)) }
            #expect(held == taken)
            try await store.write { try $0.update(document) }
            #expect(try await store.read { try $0.document(id: document.id) } == taken)
            #expect(try await store.write { try $0.takeDocument(at: Story.later(59), until: Story.later(90)) } == nil)
            try await store.write { try $0.keepDocument(id: document.id, until: Story.morning) }
            var done = document
            done.task = .nothing
            try await store.write { [done] rows in
                #expect(try rows.takeDocument(at: Story.morning, until: Story.later(60))?.id == done.id)
                try rows.update(done)
                #expect(try rows.takeDocument(at: Story.later(500), until: Story.later(560)) == nil)
            }
        }
    }

    @Test("Files of documents are kept for as long as the documents", arguments: Backend.all)
    func retention(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                for number in UInt64(600)...603 {
                    try rows.insert(Story.file(number, isComplete: number != 601))
                    try rows.append(chunk: [7], number: 0, to: Story.id(number))
                }
                for number in UInt64(600)...601 { try rows.insert(Story.document(number)) }
            }
            func remove() async throws -> Int {
                try await store.write { rows in
                    try rows.removeFiles(before: Story.later(50), incompleteBefore: Story.later(50), limit: 1)
                }
            }
            #expect(try await [remove(), remove(), remove()] == [1, 1, 0])
            let kept = try await store.read { rows in try (600...603).map { try rows.bytes(of: Story.id($0)) } }
            #expect(kept == [[7], [7], [], []])
            try await store.write { try $0.removeDocument(id: Story.id(600)) }
            #expect(try await store.read { try $0.file(id: Story.id(600)) } == nil)
        }
    }

    @Test("A realm is one account's", arguments: Backend.all)
    func realms(_ backend: Backend) async throws {
        try await backend.with { store in
            let realm = Realm(name: "harbour", account: Story.harbour.id, createdAt: Story.later(3))
            try await store.write { try $0.insert(realm) }
            #expect(try await store.read { try $0.realm(named: "harbour") } == realm)
            #expect(try await store.read { try $0.realm(named: "Harbour") } == nil)
            let other = Realm(name: "harbour", account: Story.bakery.id, createdAt: Story.later(4))
            await #expect(throws: (any Error).self) { try await store.write { try $0.insert(other) } }
            #expect(try await store.read { try $0.realm(named: "harbour") } == realm)
        }
    }

    @Test("A client keeps its realm and whose it is, and an agent what it knows", arguments: Backend.all)
    func additions(_ backend: Backend) async throws {
        try await backend.with { store in
            var token = Story.till
            token.id = "pat-1"
            token.edition = .stackspot
            token.realm = "harbour"
            token.user = "Ana “Anchor” ⚓️"
            var pilot = Story.pilot
            pilot.knowledge = ["charts", "a-tides"]
            let agent = try await store.write { [token, pilot] rows in
                try rows.insert(token)
                try rows.insert(Story.till)
                return try rows.insert(pilot)
            }
            let clients = try await store.read { try $0.clients() }
            #expect(clients.first { $0.id == "pat-1" } == token)
            #expect(clients.first { $0.id == Story.till.id } == Story.till)
            #expect(try await store.read { try $0.agents() } == [agent])
            #expect(agent.knowledge == ["charts", "a-tides"])
            var changed = agent
            changed.knowledge = []
            token.secretHash = [9]
            try await store.write { [token, changed] rows in
                try rows.update(token)
                try rows.update(changed)
            }
            #expect(try await store.read { try $0.clients() }.contains(token))
            #expect(try await store.read { try $0.agents() } == [changed])
        }
    }
}

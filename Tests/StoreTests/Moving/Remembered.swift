import Domain

/// Everything that a store can remember of the harbour, and how to read it back.
struct Remembered: Equatable {
    var accounts: [Account]
    var agents: [Agent]
    var upstreams: [UpstreamSettings]
    var clients: [Client]
    var keys: [SigningKey]
    var conversations: [Conversation]
    var runs: [Run?]
    var events: [[RunEvent]]
    var claims: [IdempotencyClaim?]
    var files: [StoredFile?]
    var bytes: [[UInt8]]
    var revision: Int64

    private static let runs: [UInt64] = [10, 11, 12, 13]
    private static let files: [UInt64] = [30, 31]
    private static let keys = ["first", "second", "third"]

    /// A year by the harbour; the last run was under way when its server was killed.
    static func live(in store: any Store) async throws {
        try await store.write { rows in
            try rows.insert(Story.harbour)
            try rows.insert(Story.bakery)
            for agent in [Story.pilot, Story.clerk] { _ = try rows.insert(agent) }
            var gone = Story.clerk
            gone.code = "gone"
            _ = try rows.insert(gone)
            try rows.removeAgent(code: gone.code)
            try rows.put(UpstreamSettings(name: "lighthouse", kind: .openai, url: "http://127.0.0.1:1/v1"))
            try rows.insert(Story.till)
            try rows.insert(SigningKey(kid: "old", sealedKey: [1, 0, 255], createdAt: Story.morning, retiredAt: nil))
            try rows.retireSigningKeys(at: Story.later(5))
            // Of the same moment: only their numbers say which is the newer one.
            for kid in ["b", "a"] {
                try rows.insert(SigningKey(kid: kid, sealedKey: [2], createdAt: Story.later(5), retiredAt: nil))
            }
            try rows.raiseRevision()
        }
        try await talk(in: store)
    }

    private static func talk(in store: any Store) async throws {
        try await store.write { rows in
            let lease = try rows.takeLease(seconds: 60)
            for (number, id) in runs.enumerated() {
                try rows.touch(Story.conversation("talk \(number) ⚓️"))
                var run = Story.run(id, in: "talk \(number) ⚓️")
                run.lease = lease
                try rows.insert(run)
                let events: [(Int64, RunEvent.Kind)] = [(0, .started), (1, .text("no \u{0} end")), (7, .text(""))]
                try rows.append(events.map { (run.id, Story.event($0, $1)) })
                if id != runs.last { try rows.end(Story.finished(run, at: 100)) }
            }
            for key in keys { _ = try rows.claim(Story.claim(key)) }
            for id in files {
                try rows.insert(Story.file(id))
                for number in 0..<3 {
                    let chunk = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* Int(id) &+ number) }
                    try rows.append(chunk: chunk, number: number, to: Story.id(id))
                }
            }
            try rows.complete(Story.file(30, isComplete: true))
        }
    }

    static func of(_ store: any Store) async throws -> Remembered {
        try await store.write { rows in
            let conversations = try rows.conversations(
                ConversationPage(
                    account: Story.harbour.id, principal: "client:till-001", limit: 100, newestFirst: false,
                    after: nil))
            return Remembered(
                accounts: try rows.accounts(), agents: try rows.agents(), upstreams: try rows.upstreams(),
                clients: try rows.clients(), keys: try rows.signingKeys(), conversations: conversations,
                runs: try runs.map { try rows.run(id: Story.id($0)) },
                events: try runs.map { try rows.events(of: Story.id($0), after: -1, limit: 100) },
                // What is told is the claim that stands there, and not this one.
                claims: try keys.map { try rows.claim(Story.claim($0, fingerprint: 99)) },
                files: try files.map { try rows.file(id: Story.id($0)) },
                bytes: try files.map { try rows.bytes(of: Story.id($0)) }, revision: try rows.revision())
        }
    }
}

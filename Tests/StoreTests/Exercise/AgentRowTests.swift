import Domain
import Testing

@Suite("Rows of agents and upstreams, and their revision")
struct AgentRowTests {
    @Test("An agent comes back whole, with its number", arguments: Backend.all)
    func agents(_ backend: Backend) async throws {
        try await backend.with { store in
            let (pilot, clerk) = try await store.write { (try $0.insert(Story.pilot), try $0.insert(Story.clerk)) }
            #expect(pilot.number > 0 && clerk.number > pilot.number)
            var expected = Story.pilot
            expected.number = pilot.number
            #expect(pilot == expected)
            #expect(try await store.read { try $0.agents() } == [pilot, clerk])
        }
    }

    @Test("A changed agent keeps its number", arguments: Backend.all)
    func change(_ backend: Backend) async throws {
        try await backend.with { store in
            var agent = try await store.write { try $0.insert(Story.pilot) }
            agent.name = "Night pilot"
            agent.highPerformanceModel = nil
            agent.fallback = []
            agent.instructions = nil
            agent.temperature = nil
            agent.maxOutputTokens = nil
            agent.leaving = .cancel
            agent.source = .init(upstream: "lantern", model: "wick")
            try await store.write { [agent] in try $0.update(agent) }
            #expect(try await store.read { try $0.agents() } == [agent])
        }
    }

    @Test("The number of a removed agent is never given again", arguments: Backend.all)
    func numbers(_ backend: Backend) async throws {
        try await backend.with { store in
            let first = try await store.write { try $0.insert(Story.pilot) }
            try await store.write { try $0.removeAgent(code: "pilot") }
            #expect(try await store.read { try $0.agents() } == [])
            #expect(try await store.write { try $0.insert(Story.pilot) }.number > first.number)
        }
    }

    @Test("Two agents cannot have one code", arguments: Backend.all)
    func codes(_ backend: Backend) async throws {
        try await backend.with { store in
            _ = try await store.write { try $0.insert(Story.pilot) }
            await #expect(throws: (any Error).self) { _ = try await store.write { try $0.insert(Story.pilot) } }
        }
    }

    @Test("An upstream is put, replaced and removed", arguments: Backend.all)
    func upstreams(_ backend: Backend) async throws {
        try await backend.with { store in
            var lighthouse = UpstreamSettings(
                name: "lighthouse", kind: .openai, url: "http://127.0.0.1:9/v1", keyVariable: "KEY", streams: false)
            let lantern = UpstreamSettings(name: "lantern", kind: .anthropic, url: "https://example.org")
            try await store.write { [lighthouse] rows in
                try rows.put(lighthouse)
                try rows.put(lantern)
            }
            lighthouse.keyVariable = nil
            lighthouse.streams = true
            lighthouse.retries = 0
            lighthouse.wholeSeconds = 30
            lighthouse.connections = 7
            try await store.write { [lighthouse] in try $0.put(lighthouse) }
            #expect(try await store.read { try $0.upstreams() } == [lantern, lighthouse])
            try await store.write { try $0.removeUpstream(named: "lantern") }
            #expect(try await store.read { try $0.upstreams() } == [lighthouse])
        }
    }

    @Test("The revision rises by one", arguments: Backend.all)
    func revision(_ backend: Backend) async throws {
        try await backend.with { store in
            let before = try await store.read { try $0.revision() }
            try await store.write { try $0.raiseRevision() }
            #expect(try await store.read { try $0.revision() } == before + 1)
        }
    }
}

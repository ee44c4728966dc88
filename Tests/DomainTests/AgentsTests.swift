import Domain
import TestKit
import Testing

/// What an owner may say of an agent.
@Suite struct AgentsTests {
    private func agents(_ scene: Scene) -> Agents {
        Agents(
            store: scene.gate, world: scene.clock.world,
            configured: [UpstreamSettings(name: "rome", kind: .openai, url: "http://127.0.0.1:1/v1")])
    }

    private func changes(
        upstream: String? = nil, model: String? = nil, highPerformanceModel: String? = nil
    ) -> Agents.Changes {
        var changes = Agents.Changes()
        changes.upstream = upstream
        changes.model = model
        changes.highPerformanceModel = highPerformanceModel
        return changes
    }

    @Test func aModelWithoutItsUpstreamIsRefused() async throws {
        let agents = agents(try await Scene())
        for changes in [
            changes(model: "llama"), changes(model: "guide"), changes(highPerformanceModel: "llama"),
            changes(upstream: "guide", model: "llama"),
        ] {
            for code in ["portia", "guide"] {
                let refusal = await #expect(throws: Refusal.self) {
                    if code == "guide" { return try await agents.set(code: code, changes) }
                    return try await agents.add(code: code, account: Account.mainName, changes)
                }
                #expect(refusal?.field == "upstream")
                #expect(refusal?.message.contains("--upstream") == true)
            }
        }
        #expect(try await agents.list().map(\.code) == ["guide", "helper"])
    }

    @Test func anAgentThatHasAnUpstreamMayChangeItsModelAlone() async throws {
        let agents = agents(try await Scene())
        _ = try await agents.add(
            code: "portia", account: Account.mainName, changes(upstream: "rome", model: "one"))
        #expect(
            try await agents.set(code: "portia", changes(model: "two")).source == .init(upstream: "rome", model: "two")
        )
        #expect(try await agents.set(code: "portia", changes(highPerformanceModel: "three")).source.model == "two")
    }

    @Test func anAgentThatBecomesAGuideKeepsNoModel() async throws {
        let agents = agents(try await Scene())
        _ = try await agents.add(
            code: "portia", account: Account.mainName,
            changes(upstream: "rome", model: "one", highPerformanceModel: "two"))
        let guide = try await agents.set(code: "portia", changes(upstream: "guide"))
        #expect(guide.source == .init(upstream: "guide", model: "guide"))
        #expect(guide.highPerformanceModel == nil)
        await #expect(throws: Refusal.self) { try await agents.set(code: "portia", changes(upstream: "rome")) }
    }

    @Test func withoutAWordAboutModelsAnAgentIsAGuide() async throws {
        let agents = agents(try await Scene())
        let plain = try await agents.add(code: "portia", account: Account.mainName, changes())
        let named = try await agents.add(
            code: "nerissa", account: Account.mainName, changes(upstream: "guide", model: "guide"))
        #expect(plain.source == named.source)
        #expect(plain.source == .init(upstream: "guide", model: "guide"))
    }
}

import Domain
import TestKit
import Testing

@testable import Surfaces

/// Whether the store takes writes, as readiness asks it.
@Suite struct StoreProbeTests {
    @Test func aStoreThatFailedIsTriedUntilItTakesWritesAgain() async throws {
        let scene = try await Scene()
        let probe = StoreProbe(scene.gate)
        #expect(await probe.takesWrites())
        scene.gate.fail(with: Refusal(.unavailable, "The disk is full."))
        await #expect(throws: Refusal.self) { try await scene.live() }
        #expect(await !probe.takesWrites())
        #expect(await !probe.takesWrites())
        scene.gate.fail(with: nil)
        try await until { await probe.takesWrites() }
        _ = try await scene.live()
    }

    @Test func aStoreThatWorksIsNotTried() async throws {
        let scene = try await Scene()
        let revision = try await scene.gate.read { try $0.revision() }
        for _ in 0..<3 { #expect(await StoreProbe(scene.gate).takesWrites()) }
        #expect(try await scene.gate.read { try $0.revision() } == revision)
    }
}

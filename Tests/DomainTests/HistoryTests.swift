import Domain
import TestKit
import Testing

/// What of a conversation a model is given.
@Suite struct HistoryTests {
    /// Asks in the conversation, and lets the model answer.
    private func turn(_ number: Int, _ question: String, _ answer: String, in scene: Scene) async throws {
        let live = try await scene.live(question, in: "talk")
        let asked = await scene.upstream.question(number)
        asked.say(answer)
        asked.finish()
        await Reader(of: live).untilEnd()
        // The order of runs is that of their milliseconds.
        scene.clock.advance(by: .milliseconds(1))
    }

    /// What the model is given with the last of these questions.
    private func given(_ turns: [(String, String)], _ change: (inout Limits) -> Void) async throws -> [String] {
        let scene = try await Scene(change)
        for (index, turn) in turns.enumerated() { try await self.turn(index + 1, turn.0, turn.1, in: scene) }
        _ = try await scene.live("now?", in: "talk")
        return await scene.upstream.question(turns.count + 1).prompt.turns.flatMap(\.parts).map { part in
            if case .text(let text) = part { String(text.prefix(2)) } else { "" }
        }
    }

    @Test func theNewestTurnsAreKeptInTheirOrder() async throws {
        let turns = (1...5).map { ("q\($0)", "a\($0)") }
        #expect(try await given(turns) { $0.historyTurns = 2 } == ["q4", "a4", "q5", "a5", "no"])
        #expect(try await given(turns) { $0.historyTurns = 0 } == ["no"])
        #expect(try await given(turns) { $0.historyTurns = 9 }.count == 11)
    }

    @Test func noMoreIsGivenThanThereIsRoomFor() async throws {
        let long = String(repeating: ".", count: 7000)
        let turns = (1...5).map { ("q\($0)", "a\($0)" + long) }
        #expect(try await given(turns) { $0.bodyBytes = 10_000 } == ["q4", "a4", "q5", "a5", "no"])
    }

    @Test func aTurnLargerThanTheRoomIsLeftOutWithAllBeforeIt() async throws {
        let turns = [("q1", "a1"), ("q2", "a2" + String(repeating: ".", count: 5000))]
        #expect(try await given(turns) { $0.bodyBytes = 1000 } == ["no"])
    }
}

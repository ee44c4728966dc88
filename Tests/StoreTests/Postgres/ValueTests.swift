import Domain
import Testing

@testable import PostgresStore

@Suite("Values in PostgreSQL")
struct ValueTests {
    @Test("The character U+0000 is kept wherever somebody may write it")
    func nul() async throws {
        try await TestSchema.with { store, _ in
            let text = "a\u{0}b\u{0}"
            var run = Story.finished(Story.run(10), at: 20)
            run.answer = text
            run.refusal = Refusal(.invalid, text)
            run.question.user = text
            var file = Story.file(30)
            file.filename = text
            var agent = Story.pilot
            (agent.name, agent.instructions) = (text, text)
            let number = try await store.write { [run, file, agent] rows in
                try rows.insert(run)
                try rows.insert(file)
                try rows.append([(run.id, Story.event(1, .text(text))), (run.id, Story.event(2, .toolCall(text)))])
                return try rows.insert(agent).number
            }
            agent.number = number
            #expect(try await store.read { try $0.run(id: Story.id(10)) } == run)
            #expect(try await store.read { try $0.file(id: Story.id(30)) } == file)
            #expect(try await store.read { try $0.agents() } == [agent])
            let events = try await store.read { try $0.events(of: Story.id(10), after: 0, limit: 9) }
            #expect(events == [Story.event(1, .text(text)), Story.event(2, .toolCall(text))])
        }
    }

    @Test("Where it cannot be kept it is refused, not a fault of the storage")
    func refused() async throws {
        try await TestSchema.with { store, _ in
            let account = Account(id: Story.id(1), name: "har\u{0}bour", createdAt: Story.morning)
            let refusal = await #expect(throws: Refusal.self) { try await store.write { try $0.insert(account) } }
            #expect(refusal?.reason == .invalid)
            #expect(!store.isFailing)
        }
    }

    @Test("Numbers are exact to the last bit", arguments: [Int64.min, -1, 0, 1 << 53 + 1, .max])
    func numbers(_ number: Int64) async throws {
        try await TestSchema.with { store, _ in
            let moment = Timestamp(milliseconds: number)
            let event = RunEvent(sequence: number, at: moment, kind: .text("tick"))
            var run = Story.run(10)
            (run.createdAt, run.endedAt, run.reserved, run.last) = (moment, moment, number, number)
            (run.floor, run.lease) = (number, number)
            try await store.write { [run] rows in
                try rows.insert(run)
                try rows.append([(run.id, event)])
            }
            #expect(try await store.read { try $0.run(id: Story.id(10)) } == run)
            let newest = try await store.read { try $0.newestSequences(of: [Story.id(10), Story.id(9)]) }
            #expect(newest == [Story.id(10): number])
            let after = number == .min ? number : number - 1
            let found = try await store.read { try $0.events(of: Story.id(10), after: after, limit: .max) }
            #expect(found == (number == .min ? [] : [event]))
        }
    }

    @Test("So are fractions", arguments: [0.1, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity])
    func fractions(_ number: Double) async throws {
        try await TestSchema.with { store, _ in
            var agent = Story.clerk
            agent.temperature = number
            _ = try await store.write { [agent] in try $0.insert(agent) }
            let found = try await store.read { try $0.agents().first?.temperature }
            #expect(found?.bitPattern == number.bitPattern)
        }
    }

    @Test("Ids and names are in the order of their bytes")
    func order() async throws {
        try await TestSchema.with { store, _ in
            let ids = [
                ID(high: 0, low: 0), ID(high: 0, low: .max), ID(high: 1 << 63, low: 0), ID(high: .max, low: .max),
            ]
            let names = ["B", "a", "Ä", "ä"]
            try await store.write { rows in
                for (id, name) in zip(ids.reversed(), names) {
                    try rows.insert(Account(id: id, name: name, createdAt: Story.morning))
                    try rows.touch(Story.conversation(name))
                }
            }
            #expect(try await store.read { try $0.accounts().map(\.id) } == ids)
            let page = ConversationPage(
                account: Story.harbour.id, principal: "client:till-001", limit: 9, newestFirst: false, after: nil)
            #expect(try await store.read { try $0.conversations(page).map(\.id) } == names)
        }
    }

    @Test("A chunk of any bytes, an empty one, and a long answer come back as they were")
    func bytes() async throws {
        try await TestSchema.with { store, _ in
            let all = (0...255).map { UInt8($0) }
            var run = Story.run(10)
            run.answer = String(repeating: "🐳 and ö, \\000 '\"\n", count: 200_000)
            try await store.write { [run] rows in
                try rows.insert(Story.file(30))
                try rows.append(chunk: all, number: 0, to: Story.id(30))
                try rows.append(chunk: [], number: 1, to: Story.id(30))
                try rows.append(chunk: all.reversed(), number: 2, to: Story.id(30))
                try rows.insert(run)
            }
            #expect(try await store.read { try $0.bytes(of: Story.id(30)) } == all + all.reversed())
            #expect(try await store.read { try $0.run(id: Story.id(10)) } == run)
        }
    }
}

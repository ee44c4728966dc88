import Domain
import Testing

@Suite("Rows of places for uploads")
struct TicketRowTests {
    private static func ticket(_ number: UInt64, _ target: UploadTicket.Target = .context) -> UploadTicket {
        UploadTicket(
            id: Story.id(number), account: Story.harbour.id, principal: "user:harbour/ana",
            filename: "q\u{0}uay “list” 🐳.csv", target: target, createdAt: Story.later(Int(number)),
            expiresAt: Story.later(Int(number) + 600))
    }

    @Test("A place comes back as it was given out", arguments: Backend.all)
    func written(_ backend: Backend) async throws {
        try await backend.with { store in
            let tickets = [Self.ticket(40), Self.ticket(41, .source("charts"))]
            try await store.write { rows in for ticket in tickets { try rows.insert(ticket) } }
            for ticket in tickets {
                #expect(try await store.read { try $0.uploadTicket(id: ticket.id) } == ticket)
            }
            #expect(try await store.read { try $0.uploadTicket(id: Story.id(42)) } == nil)
        }
    }

    @Test("A place is used once, unless it is given back", arguments: Backend.all)
    func used(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in for number in UInt64(40)...41 { try rows.insert(Self.ticket(number)) } }
            func use(_ number: UInt64) async throws -> Bool {
                try await store.write { try $0.useUploadTicket(id: Story.id(number)) }
            }
            #expect(try await [use(40), use(40)] == [true, false])
            #expect(try await store.read { try $0.uploadTicket(id: Story.id(40)) }?.isUsed == true)
            #expect(try await store.read { try $0.uploadTicket(id: Story.id(41)) }?.isUsed == false)
            try await store.write { try $0.giveBackUploadTicket(id: Story.id(40)) }
            #expect(try await [use(40), use(40), use(99)] == [true, false, false])
        }
    }

    @Test("Of many who use a place at the same time, one does", arguments: Backend.all)
    func together(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { try $0.insert(Self.ticket(40)) }
            let uses = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await store.write { try $0.useUploadTicket(id: Story.id(40)) } }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(uses == 1)
        }
    }

    @Test("Old places are forgotten, a few at a time", arguments: Backend.all)
    func forgotten(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in for number in UInt64(40)..<46 { try rows.insert(Self.ticket(number)) } }
            func forget() async throws -> Int {
                try await store.write { try $0.forgetUploadTickets(before: Story.later(43), limit: 2) }
            }
            #expect(try await [forget(), forget(), forget()] == [2, 1, 0])
            let kept = try await store.read { rows in
                try (40..<46).filter { try rows.uploadTicket(id: Story.id($0)) != nil }
            }
            #expect(kept == [43, 44, 45])
        }
    }
}

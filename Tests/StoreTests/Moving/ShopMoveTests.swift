import Domain
import Ledger
import Testing

@Suite("A move of what is bought")
struct ShopMoveTests {
    private static let names = ["wallet/b", "budget/\u{0}a", "test-wallet/ä"].map { AccountName($0) }
    private static let kinds = ["purchase", "quote"]

    private static func live(in store: any Store) async throws {
        try await store.write { rows in
            for kind in kinds {
                for number in UInt64(20)...22 {
                    try rows.insert(Story.record(number, label: "\u{0}\(number)", kind: kind))
                }
            }
            var part = Story.due(23, at: 7)
            part.parent = Story.id(20)
            try rows.insert(part)
            for (place, name) in names.enumerated() {
                let number = Int64(place)
                let balance = Balance(
                    debitsPending: number, debitsPosted: -number, creditsPending: .max, creditsPosted: .min)
                try rows.put([(name, Story.harbour.id, balance)])
            }
            for account in [Story.harbour, Story.bakery] {
                let head = BookHead(sequence: 4, hash: [0, 255], eventSequence: 3, frozenAt: Story.later(9))
                try rows.set(account == Story.bakery ? BookHead() : head, of: account.id)
                try rows.append([
                    Story.entry(1, .pending, of: account), Story.entry(2, .post(Story.transferID(1)), of: account),
                    Story.entry(3, .pending, of: account), Story.entry(4, .expire(Story.transferID(3)), of: account),
                ])
                try rows.append((1...3).map { Story.news($0, of: account) })
            }
            try rows.put(Story.mate)
            try rows.put(Story.cadet)
            try rows.put(Story.captain)
            for id in ["net_z", "net_a"] { try rows.put(Story.item(id)) }
            for name in ["token/\u{0}", "resource/x", "token/a"] { try rows.put(SimulatedRow(name: name, body: "{}")) }
        }
    }

    /// All that can be read of it.
    private struct Bought: Equatable {
        var records: [[StoredRecord]]
        var heads: [BookHead]
        var balances: [AccountName: Balance]
        var entries: [[BookEntry]]
        var events: [[ShopEvent]]
        var agentKeys: [AgentKey]
        var ownerKeys: [OwnerKey]
        var items: [CatalogItem]
        var simulated: [SimulatedRow]

        static func of(_ store: any Store) async throws -> Bought {
            try await store.read { rows in
                let accounts = [Story.harbour.id, Story.bakery.id]
                return Bought(
                    records: try kinds.map { try rows.records(of: $0, RecordPage(account: nil)) },
                    heads: try accounts.map { try rows.bookHead(of: $0) }, balances: try rows.balances(of: names),
                    entries: try accounts.map { try rows.entries(of: $0, after: 0, limit: 99) },
                    events: try accounts.map { try rows.events(of: $0, after: 0, types: nil, limit: 99) },
                    agentKeys: try rows.agentKeys(), ownerKeys: try rows.ownerKeys(),
                    items: try rows.catalogItems(), simulated: try rows.simulated(beginning: "", after: "", limit: 99))
            }
        }
    }

    private static func with(_ body: @escaping (Moving) async throws -> Void) async throws {
        try await Moving.with { moving in
            try await live(in: moving.source)
            try await body(moving)
        }
    }

    @Test("Records, books, keys and the catalog come along, and are found as before")
    func everything() async throws {
        try await Self.with { moving in
            let moved = try await moving.move()
            let rows = Dictionary(uniqueKeysWithValues: moved.map { ($0.table, $0.rows) })
            #expect(rows["shop_records"] == 7 && rows["shop_books"] == 2 && rows["shop_balances"] == 3)
            #expect(rows["shop_transfers"] == 8 && rows["shop_events"] == 6 && rows["agent_keys"] == 2)
            #expect(rows["owner_keys"] == 1 && rows["catalog_items"] == 2 && rows["simulated_things"] == 3)
            let bought = try await Bought.of(moving.target)
            #expect(bought == (try await Bought.of(moving.source)))
            #expect(bought.records.map(\.count) == [4, 3] && bought.entries.map(\.count) == [4, 4])
        }
    }

    @Test("A move that was lost anywhere carries it all when it goes on")
    func interrupted() async throws {
        for count in [30, 40, 50] {
            try await Self.with { moving in
                _ = try await moving.falter(after: count) ? moving.move() : []
                #expect(try await Bought.of(moving.target) == Bought.of(moving.source))
            }
        }
    }

    @Test("Afterwards it goes on: books are locked, records are taken and changed, items come after the others")
    func goesOn() async throws {
        try await Self.with { moving in
            try await moving.move()
            for store in [moving.source, moving.target] as [any Store] {
                try await store.write { rows in
                    var head = try rows.lockBook(of: Story.harbour.id)
                    head.sequence += 1
                    try rows.append([Story.entry(head.sequence)])
                    try rows.set(head, of: Story.harbour.id)
                    let due = try rows.takeDue(
                        kind: "purchase", at: Story.later(8), until: Story.later(60), limit: 9)
                    for var record in due {
                        record.version += 1
                        let isChanged = try rows.update(record)
                        #expect(isChanged)
                    }
                    try rows.put(Story.item("net_b"))
                }
            }
            let bought = try await Bought.of(moving.target)
            #expect(bought == (try await Bought.of(moving.source)))
            #expect(bought.items.map(\.id) == ["net_z", "net_a", "net_b"] && bought.heads[0].sequence == 5)
        }
    }
}

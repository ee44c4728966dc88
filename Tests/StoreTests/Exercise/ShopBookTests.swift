import Domain
import Ledger
import Testing

/// Where an account's books stand, its transfers and its events.
@Suite("Books of the shop") struct ShopBookTests {
    private static let head = BookHead(
        sequence: 7, hash: [0, 255, 1], eventSequence: .max, frozenAt: Story.later(3))

    @Test("Books that nobody has written in are empty, and each account has its own", arguments: Backend.all)
    func heads(_ backend: Backend) async throws {
        try await backend.with { store in
            #expect(try await store.read { try $0.bookHead(of: Story.harbour.id) } == BookHead())
            let found = try await store.write { rows in
                let found = try rows.lockBook(of: Story.harbour.id)
                try rows.set(Self.head, of: Story.harbour.id)
                return found
            }
            #expect(found == BookHead())
            #expect(try await store.read { try $0.bookHead(of: Story.harbour.id) } == Self.head)
            #expect(try await store.write { try $0.lockBook(of: Story.harbour.id) } == Self.head)
            #expect(try await store.write { try $0.lockBook(of: Story.bakery.id) } == BookHead())
            var thawed = Self.head
            thawed.frozenAt = nil
            try await store.write { [thawed] in try $0.set(thawed, of: Story.harbour.id) }
            #expect(try await store.read { try $0.bookHead(of: Story.harbour.id) } == thawed)
        }
    }

    @Test("Whoever locks the books sees what everybody before wrote, alone or together", arguments: Backend.all)
    func locked(_ backend: Backend) async throws {
        try await backend.with { store in
            let write: @Sendable (any Transaction) throws -> Void = { rows in
                var head = try rows.lockBook(of: Story.harbour.id)
                let wallet = AccountName.wallet("ana")
                var balance = try rows.balances(of: [wallet])[wallet] ?? Balance()
                head.sequence += 1
                balance.debitsPosted += 1
                try rows.append([Story.entry(head.sequence)])
                try rows.put([(wallet, Story.harbour.id, balance)])
                try rows.set(head, of: Story.harbour.id)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        if number.isMultiple(of: 2) { return try await store.write(write) }
                        try await store.writeTogether(as: Story.harbour.id, write)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.read { try $0.bookHead(of: Story.harbour.id) }.sequence == 40)
            let entries = try await store.read { try $0.entries(of: Story.harbour.id, after: 0, limit: 99) }
            #expect(entries.map(\.sequence) == Array(1...40))
            let balances = try await store.read { try $0.balances(account: Story.harbour.id) }
            #expect(balances.map(\.balance.debitsPosted) == [40])
        }
    }

    @Test("Balances are put in the place of those before, and listed by name", arguments: Backend.all)
    func balances(_ backend: Backend) async throws {
        try await backend.with { store in
            let names = ["wallet/b", "budget/a\u{0}", "wallet/ä"].map { AccountName($0) }
            let least = Balance(debitsPending: .min, debitsPosted: 1, creditsPending: 0, creditsPosted: .max)
            let next = Balance(debitsPending: 1, debitsPosted: 2, creditsPending: 3, creditsPosted: 4)
            try await store.write { rows in
                try rows.put([])
                try rows.put([
                    (names[0], Story.harbour.id, least), (names[1], Story.harbour.id, least),
                    (names[2], Story.bakery.id, least),
                ])
                try rows.put([(names[0], Story.harbour.id, next)])
            }
            let found = try await store.read { try $0.balances(of: names + [AccountName("wallet/c")]) }
            #expect(found == [names[0]: next, names[1]: least, names[2]: least])
            #expect(try await store.read { try $0.balances(of: []) } == [:])
            let own = try await store.read { try $0.balances(account: Story.harbour.id) }
            #expect(own.map(\.name) == [names[1], names[0]] && own.map(\.balance) == [least, next])
            let all = try await store.read { try $0.balances(account: nil) }
            #expect(all.map(\.name) == [names[1], names[0], names[2]])
            #expect(all.map(\.account) == [Story.harbour.id, Story.harbour.id, Story.bakery.id])
        }
    }

    @Test("Transfers of every kind come back as they were, in the order of their chain", arguments: Backend.all)
    func entries(_ backend: Backend) async throws {
        try await backend.with { store in
            let hold = Story.transferID(1)
            let entries = [
                Story.entry(1, .pending), Story.entry(2, .post(hold)), Story.entry(3), Story.entry(4, .pending),
                Story.entry(5, .void(Story.transferID(4))), Story.entry(6, .pending),
                Story.entry(7, .expire(Story.transferID(6))),
            ]
            let other = Story.entry(1, .pending, of: Story.bakery)
            try await store.write { rows in
                try rows.append([BookEntry]())
                try rows.append(entries + [other])
            }
            func read(after sequence: Int64, limit: Int = 99) async throws -> [BookEntry] {
                try await store.read { try $0.entries(of: Story.harbour.id, after: sequence, limit: limit) }
            }
            #expect(try await read(after: 0) == entries)
            #expect(try await read(after: 2, limit: 3) == Array(entries[2...4]))
            #expect(try await read(after: 7) == [])
            #expect(try await store.read { try $0.entries(of: Story.bakery.id, after: 0, limit: 9) } == [other])
        }
    }

    @Test("A transfer is found by its id, and by the id of the hold that it ends", arguments: Backend.all)
    func about(_ backend: Backend) async throws {
        try await backend.with { store in
            let entries = [
                Story.entry(1, .pending), Story.entry(2), Story.entry(3, .post(Story.transferID(1))),
                Story.entry(4, .pending),
            ]
            try await store.write { try $0.append(entries + [Story.entry(1, of: Story.bakery)]) }
            func find(_ numbers: UInt64...) async throws -> [Int64] {
                let ids = numbers.map(Story.transferID)
                return try await store.read { try $0.entries(about: ids, of: Story.harbour.id) }.map(\.sequence)
            }
            #expect(try await find(1) == [1, 3])
            #expect(try await find(3) == [3])
            #expect(try await find(4, 3, 1) == [1, 3, 4], "each of them once")
            #expect(try await find(2, 9, 8) == [2])
            #expect(try await find(9) == [])
            #expect(try await find() == [])
            let whole = try await store.read { try $0.entries(about: [Story.transferID(1)], of: Story.harbour.id) }
            #expect(whole == [entries[0], entries[2]])
        }
    }

    @Test("What stands in the books is not written over, and a hold is ended once", arguments: Backend.all)
    func once(_ backend: Backend) async throws {
        try await backend.with { store in
            let hold = Story.transferID(1)
            try await store.write { try $0.append([Story.entry(1, .pending), Story.entry(2, .post(hold))]) }
            let refused = [
                Story.entry(3, .post(hold)), Story.entry(3, .void(hold)), Story.entry(3, .expire(hold)),
                Story.entry(2, id: 9), Story.entry(3, id: 1),
            ]
            for entry in refused {
                await #expect(throws: (any Error).self) { try await store.write { try $0.append([entry]) } }
            }
            // What others do with ids of the same letters is theirs.
            try await store.write { rows in
                try rows.append([
                    Story.entry(1, .pending, of: Story.bakery), Story.entry(2, .void(hold), of: Story.bakery),
                ])
            }
            let kept = try await store.read { try $0.entries(of: Story.harbour.id, after: 0, limit: 9) }
            #expect(kept == [Story.entry(1, .pending), Story.entry(2, .post(hold))])
            #expect(!store.isFailing)
        }
    }

    @Test("Events are read in their order, after one, by their types", arguments: Backend.all)
    func events(_ backend: Backend) async throws {
        try await backend.with { store in
            let types = ["purchase.authorized", "wallet.funded", "purchase.authorized", "policy.changed"]
            let events = types.enumerated().map { Story.news(Int64($0 + 1), $1) }
            var plain = Story.news(1, of: Story.bakery)
            plain.details = .null
            let other = plain
            try await store.write { rows in
                try rows.append([ShopEvent]())
                try rows.append(events + [other])
            }
            func read(after: Int64 = 0, _ types: [String]? = nil, limit: Int = 99) async throws -> [ShopEvent] {
                try await store.read {
                    try $0.events(of: Story.harbour.id, after: after, types: types, limit: limit)
                }
            }
            #expect(try await read() == events)
            #expect(try await read(after: 1, limit: 2) == Array(events[1...2]))
            #expect(try await read(["purchase.authorized"]) == [events[0], events[2]])
            #expect(try await read(after: 1, ["policy.changed", "x", "wallet.funded"]) == [events[1], events[3]])
            #expect(try await read([]) == [])
            #expect(
                try await store.read { try $0.events(of: Story.bakery.id, after: 0, types: nil, limit: 9) } == [other])
            await #expect(throws: (any Error).self) { try await store.write { try $0.append([events[0]]) } }
        }
    }
}
